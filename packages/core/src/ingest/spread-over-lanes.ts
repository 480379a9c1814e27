import { accountsOf, type ParsedRawEvent } from "./parse-raw-event.ts";

/** Transactions that share a batch. */
const LANES = 2;
/** Fewer events are cheaper in one transaction than in several. */
const WORTH_SPREADING = 64;

/**
 * Spreads a batch over transactions that can run at the same time. Events of one account stay together, because
 * transactions that write to the same conversations wait for one another; an event that speaks of several goes with the
 * first. Where two lanes meet all the same, that costs time and nothing else: what is decided is decided under locks.
 */
export function spreadOverLanes(events: readonly ParsedRawEvent[]): ParsedRawEvent[][] {
  if (events.length === 0) return [];
  if (events.length < WORTH_SPREADING) return [[...events]];
  const ofAccount = Map.groupBy(events, (event) => accountsOf(event)[0]);
  const lanes = Array.from({ length: LANES }, (): ParsedRawEvent[] => []);
  // The largest first, each to the lane that has least to do.
  for (const list of [...ofAccount.values()].toSorted((a, b) => weightOf(b) - weightOf(a))) {
    lanes.toSorted((a, b) => weightOf(a) - weightOf(b))[0]?.push(...list);
  }
  return lanes.filter((lane) => lane.length > 0);
}

function weightOf(events: readonly ParsedRawEvent[]): number {
  return events.reduce((sum, { parts }) => sum + parts.length, 0);
}
