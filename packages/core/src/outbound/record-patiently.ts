import { setTimeout as sleep } from "node:timers/promises";
import { isConnectionFailure, type MessageStatus } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { recordSettlements, type SettledClaim } from "./record-settlements.ts";

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 2_000;

/**
 * Records outcomes also when the database is away for a while: they are known here and nowhere else. Gives up after
 * `patienceMs`; the messages are then UNKNOWN when their leases end. If the batch fails for another reason, each outcome
 * is recorded alone, so that one cannot take the others with it. Undefined where an outcome could not be recorded.
 */
export async function recordPatiently(
  ctx: SystemContext,
  settled: readonly SettledClaim[],
  patienceMs: number,
): Promise<(MessageStatus | undefined)[]> {
  try {
    return await whileAway(patienceMs, () => recordSettlements(ctx, settled));
  } catch (error) {
    if (settled.length === 1 || isConnectionFailure(error)) {
      const messageIds = settled.map(({ claim }) => claim.messageId);
      ctx.logger.error({ err: error, messageIds }, "the outcome could not be recorded");
      return settled.map(() => undefined);
    }
    const alone: (MessageStatus | undefined)[] = [];
    for (const one of settled) alone.push(...(await recordPatiently(ctx, [one], patienceMs)));
    return alone;
  }
}

async function whileAway<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isConnectionFailure(error) || performance.now() + delayMs > giveUpAt) throw error;
      await sleep(delayMs);
    }
  }
}
