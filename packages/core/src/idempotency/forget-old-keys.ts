import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

/** For how long a key is remembered: longer than clients repeat a request. */
const KEPT_MS = 7 * 24 * 3_600_000;

// idempotency_key_created_at_idx
const FORGET = statement("idempotency_forget", `delete from idempotency_key where created_at < $1`);

/** Deletes the Idempotency-Keys of every tenant that are older than a week, and returns how many they were. */
export function forgetOldKeys(ctx: SystemContext): Promise<number> {
  return ctx.database.system.run(FORGET, [new Date(ctx.clock.now().getTime() - KEPT_MS)]);
}
