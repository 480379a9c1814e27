import { isServerFault } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql } from "../events/index.ts";
import { applyUpdates } from "./apply-updates.ts";
import { findKnown, releaseHeld, type HeldFor } from "./held-updates.ts";

/** An update and its message that are written at the same time are both committed well within this. */
const RACE_WINDOW_MS = 5 * 60_000;
/** How far to look back when nobody has looked for long: bounded, because most of what is held stays held. */
const MAX_LOOK_BACK_MS = 3_600_000;
const PAGE = 500;

/**
 * What `settleHeldUpdates` is called by again and again: each call looks back to the last one that succeeded, the
 * first one an hour.
 */
export function createHeldUpdateSettler(ctx: SystemContext): () => Promise<number> {
  let settledUntil = -Infinity;
  return async () => {
    const now = ctx.clock.now().getTime();
    const settled = await settleHeldUpdates(ctx, Math.min(now - settledUntil + RACE_WINDOW_MS, MAX_LOOK_BACK_MS));
    settledUntil = now;
    return settled;
  };
}

/**
 * Applies what was held within the last `heldWithinMs` although its message is known: when both arrived at the same
 * time, neither transaction could see the other. What cannot be applied is logged, left, and in nobody's way. Returns
 * how many updates were applied.
 */
export async function settleHeldUpdates(ctx: SystemContext, heldWithinMs = RACE_WINDOW_MS): Promise<number> {
  const sum: Settled = { applied: 0, failed: 0 };
  for (let found = PAGE; found === PAGE;) {
    const known = await findKnown(ctx.database.system, heldWithinMs, { limit: PAGE, offset: sum.failed });
    found = known.length;
    const { applied, failed } = await settleOrSplit(ctx, known);
    sum.applied += applied;
    sum.failed += failed;
  }
  return sum.applied;
}

interface Settled {
  /** Updates. */
  applied: number;
  /** Messages whose updates could not be applied. */
  failed: number;
}

async function settleOrSplit(ctx: SystemContext, messages: readonly HeldFor[]): Promise<Settled> {
  const [first] = messages;
  if (!first) return { applied: 0, failed: 0 };
  try {
    return await ctx.database.system.transaction(async (sql) => {
      const updates = await releaseHeld(sql, messages);
      await publishEventsSql(ctx, sql, await applyUpdates(ctx, sql, updates));
      return { applied: updates.length, failed: 0 };
    });
  } catch (error) {
    if (isServerFault(error)) throw error;
    if (messages.length === 1) {
      ctx.logger.error({ err: error, ...first }, "held updates of a message cannot be applied");
      return { applied: 0, failed: 1 };
    }
    const middle = Math.ceil(messages.length / 2);
    const left = await settleOrSplit(ctx, messages.slice(0, middle));
    const right = await settleOrSplit(ctx, messages.slice(middle));
    return { applied: left.applied + right.applied, failed: left.failed + right.failed };
  }
}
