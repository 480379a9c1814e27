import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

// session_expires_at_idx; refresh tokens go with their session.
const FORGET = statement("session_forget", `delete from session where expires_at < $1`);

/** Deletes the sessions that nobody can continue any more, and returns how many they were. */
export function forgetOldSessions(ctx: SystemContext): Promise<number> {
  return ctx.database.system.run(FORGET, [ctx.clock.now()]);
}
