import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { REFRESH_TOKEN_MS } from "./session.ts";

// session_last_used_at_idx; refresh tokens go with their session.
const FORGET = statement("session_forget", `delete from session where last_used_at < $1`);

/** Deletes the sessions that nobody can continue any more, and returns how many they were. */
export function forgetOldSessions(ctx: SystemContext): Promise<number> {
  return ctx.database.system.run(FORGET, [new Date(ctx.clock.now().getTime() - REFRESH_TOKEN_MS)]);
}
