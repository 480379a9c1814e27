import type { SystemContext } from "../context/index.ts";

/** What forgetting needs to know, and how long it may take: what is left then comes next time. */
export type ForgetContext = Pick<SystemContext, "database" | "clock">;

const MOST_MS = 15 * 60_000;
/** Rows that one statement deletes. */
export const BATCH = 5_000;
/** Of one tenant, so that one that has many does not keep the others' waiting. */
export const SHARE = 1_000;

/** Deletes batch by batch until nothing is left, or a quarter of an hour is over. Returns how many rows that were. */
export async function forgetAll(forgetSome: () => Promise<number>): Promise<number> {
  const until = performance.now() + MOST_MS;
  let forgotten = 0;
  for (;;) {
    const count = await forgetSome();
    forgotten += count;
    if (count === 0 || performance.now() > until) return forgotten;
  }
}

/**
 * SQL for the first of all ids that were made at a time in milliseconds since 1970 or later: ids begin with the time, so what
 * is old stands at the beginning of a tenant's rows.
 */
export function firstIdOf(ms: string): string {
  return `(lpad(to_hex((${ms})::bigint), 12, '0') || '00000000000000000000')::uuid`;
}
