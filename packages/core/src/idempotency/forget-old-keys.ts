import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

const DAY_MS = 24 * 3_600_000;
/** For how long a key is remembered: longer than clients repeat a request. */
const KEPT_MS = 7 * DAY_MS;
/** Answers to people may hold tokens, so they are kept for as long as a client can be out of reach, and no longer. */
const KEPT_OUTSIDE_MS = DAY_MS;

// idempotency_key_created_at_idx
const FORGET = statement("idempotency_forget", `delete from idempotency_key where created_at < $1`);
// platform_idempotency_key_created_at_idx
const FORGET_OUTSIDE = statement(
  "idempotency_forget_outside",
  `delete from platform_idempotency_key where created_at < $1`,
);

/**
 * Deletes the Idempotency-Keys of every tenant that are older than a week, and those outside tenants that are older than a
 * day; returns how many they were.
 */
export async function forgetOldKeys(ctx: Pick<SystemContext, "database" | "clock">): Promise<number> {
  const before = (ms: number): Date => new Date(ctx.clock.now().getTime() - ms);
  const { system } = ctx.database;
  const outside = await system.run(FORGET_OUTSIDE, [before(KEPT_OUTSIDE_MS)]);
  return outside + (await system.run(FORGET, [before(KEPT_MS)]));
}
