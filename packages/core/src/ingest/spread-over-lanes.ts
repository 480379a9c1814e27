import { accountsOf, type ParsedRawEvent } from "./parse-raw-event.ts";

/** Transactions that share a batch. */
const LANES = 2;
/** Fewer events are cheaper in one transaction than in several. */
const WORTH_SPREADING = 64;

/** Events that must be applied one after the other, because some of them speak of the same accounts. */
interface Group {
  events: ParsedRawEvent[];
  accounts: string[];
  /** How many parts the events have. */
  weight: number;
}

/**
 * Spreads a batch over transactions that can run at the same time. No account is spoken of in two of them: they would
 * wait for one another's conversations, and what arrived later could be applied first. Each keeps the order of arrival.
 */
export function spreadOverLanes(events: readonly ParsedRawEvent[]): ParsedRawEvent[][] {
  if (events.length === 0) return [];
  if (events.length < WORTH_SPREADING) return [[...events]];
  const lanes = Array.from({ length: LANES }, () => ({ events: [] as ParsedRawEvent[], weight: 0 }));
  // The largest first, each to the lane that has least to do.
  for (const group of groupByAccounts(events).toSorted((a, b) => b.weight - a.weight)) {
    const lane = lanes.reduce((least, other) => (other.weight < least.weight ? other : least));
    lane.events.push(...group.events);
    lane.weight += group.weight;
  }
  // Ids sort by arrival.
  return lanes
    .filter((lane) => lane.events.length > 0)
    .map((lane) => lane.events.toSorted((a, b) => (a.event.id < b.event.id ? -1 : 1)));
}

/** An event that speaks of several accounts joins them, and with them all that speaks of any of them. */
function groupByAccounts(events: readonly ParsedRawEvent[]): Group[] {
  const groupOf = new Map<string, Group>();
  const ofNobody: Group = { events: [], accounts: [], weight: 0 };
  for (const event of events) {
    const accounts = [...new Set(accountsOf(event))];
    const known = new Set(accounts.flatMap((account) => groupOf.get(account) ?? []));
    const [group = accounts.length === 0 ? ofNobody : { events: [], accounts: [], weight: 0 }, ...others] = known;
    for (const other of others) {
      group.events.push(...other.events);
      group.accounts.push(...other.accounts);
      group.weight += other.weight;
    }
    group.events.push(event);
    group.accounts.push(...accounts.filter((account) => !groupOf.has(account)));
    group.weight += event.parts.length;
    for (const account of group.accounts) groupOf.set(account, group);
  }
  return [...new Set([...groupOf.values(), ofNobody])].filter((group) => group.events.length > 0);
}
