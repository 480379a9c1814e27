/**
 * The WhatsApp Cloud API in a process of its own, without webhooks: what arrives here, and when, is the measurement. It
 * does not limit what a number may send in a second, so that too much is counted and not refused.
 */
import { META_LIMITS, startSimulator, type AcceptedMessage } from "@parley/simulator";
import { serveParent } from "../../setting/serve-parent.ts";

export interface Arrivals {
  accepted: number;
  refused: number;
  /** Over the middle nine tenths, so that neither start nor end counts. */
  perSecond: number;
  /** The most that one number had accepted in any sliding second. */
  maxInAnySecond: number;
  /** Messages that arrived after a later one of their conversation. */
  reordered: number;
}

await serveParent("simulator-process", async ({ logger, shutdown }) => {
  const simulator = await startSimulator({
    appSecret: "bench-app-secret",
    limits: { ...META_LIMITS, throughputPerSecond: false },
    logger,
  });
  shutdown.add("simulator", () => simulator.stop());
  const { ledger } = simulator;
  return {
    url: () => simulator.url,
    count: () => ledger.accepted.length,
    arrivals: (): Arrivals => ({
      accepted: ledger.accepted.length,
      refused: [...ledger.refused.values()].reduce((sum, count) => sum + count, 0),
      perSecond: rateOfTheMiddle(ledger.accepted),
      maxInAnySecond: Math.max(0, ...Object.values(ledger.maxAcceptedInAnySecondByNumber())),
      reordered: countReordered(ledger.accepted),
    }),
  };
});

function rateOfTheMiddle(accepted: readonly AcceptedMessage[]): number {
  const from = Math.floor(accepted.length * 0.05);
  const to = Math.floor(accepted.length * 0.95) - 1;
  const elapsedMs = (accepted[to]?.at ?? NaN) - (accepted[from]?.at ?? NaN);
  return ((to - from) / elapsedMs) * 1_000;
}

/** The text of a message is its place in its conversation. */
function countReordered(accepted: readonly AcceptedMessage[]): number {
  const furthest = new Map<string, number>();
  let reordered = 0;
  for (const { phoneNumberId, to, text } of accepted) {
    const conversation = `${phoneNumberId} ${to}`;
    const place = Number(text);
    const before = furthest.get(conversation) ?? -1;
    if (place < before) reordered += 1;
    furthest.set(conversation, Math.max(place, before));
  }
  return reordered;
}
