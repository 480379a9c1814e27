import type { SlaMetric, TicketStatus } from "@parley/db";
import {
  cancelClock,
  elapseClock,
  followStatus,
  isOpen,
  judgeAnew,
  settleClock,
  startClock,
  type Clock,
  type Holder,
  type Statuses,
} from "./clock.ts";
import type { ClockEvent } from "./clock-event.ts";
import { choosePolicy, type Governed, type Policy, type SlaRules } from "./rules.ts";

/** A ticket as it is when its log begins. */
export interface TicketAtFirst extends Governed {
  status: TicketStatus;
  holder: Holder;
}

/** What follows from a ticket's log so far. */
export interface TicketClocks extends TicketAtFirst {
  rules: SlaRules | null;
  policy: Policy | null;
  /** Since it was opened. */
  statuses: Statuses;
  /** Which response the customer waits for. */
  awaited: "FIRST_RESPONSE" | "NEXT_RESPONSE" | null;
  isUnresolved: boolean;
  hasAnswer: boolean;
  /** When somebody wrote last, or the ticket came to its status. */
  quietSince: number;
  /** Since then the customer was told that the ticket is about to be closed. */
  announcedAt: number | null;
  /** One of a metric at most. */
  open: readonly Clock[];
  /** What has become of them does not change any more; the last one first. */
  settled: Settled | null;
  /** How many promises of each metric have begun. */
  begun: Readonly<Record<SlaMetric, number>>;
}

/** A list that is never copied: a long ticket has thousands. */
interface Settled {
  clock: Clock;
  before: Settled | null;
}

/** Every promise, in the order in which they began. */
export function clocksOf({ open, settled }: TicketClocks): Clock[] {
  const clocks = [...open];
  for (let each = settled; each !== null; each = each.before) clocks.push(each.clock);
  return clocks.toSorted((first, second) => first.place - second.place);
}

export function beginClocks(ticket: TicketAtFirst, rules: SlaRules | null): TicketClocks {
  return {
    ...ticket,
    rules,
    policy: null,
    statuses: [],
    awaited: null,
    isUnresolved: false,
    hasAnswer: false,
    quietSince: 0,
    announcedAt: null,
    open: [],
    settled: null,
    begun: { FIRST_RESPONSE: 0, NEXT_RESPONSE: 0, RESOLUTION: 0 },
  };
}

/** The clocks after something has happened: a pure function of what happened, whenever it is asked. */
export function advance(before: TicketClocks, event: ClockEvent): TicketClocks {
  const { at } = event;
  const elapsed = elapse(before, at);
  const ticket = BREAKS_SILENCE.has(event.kind) ? { ...elapsed, quietSince: at, announcedAt: null } : elapsed;
  switch (event.kind) {
    case "opened":
      return govern(
        {
          ...ticket,
          statuses: [{ at, status: ticket.status }],
          awaited: "FIRST_RESPONSE",
          isUnresolved: true,
        },
        at,
      );
    case "customer_wrote":
      if (!ticket.isUnresolved || ticket.awaited !== null) return ticket;
      return govern({ ...ticket, awaited: ticket.hasAnswer ? "NEXT_RESPONSE" : "FIRST_RESPONSE" }, at);
    case "answered":
      return answer(ticket, event);
    case "status":
      return move(ticket, event);
    case "priority":
      return govern({ ...ticket, priority: event.priority }, at);
    case "tags":
      return govern({ ...ticket, tags: event.tags }, at);
    case "holder":
      return { ...ticket, holder: event.holder };
    case "announced":
      return { ...ticket, announcedAt: at };
    case "rules":
      return govern({ ...ticket, rules: event.rules }, at);
  }
}

const BREAKS_SILENCE: ReadonlySet<ClockEvent["kind"]> = new Set(["opened", "customer_wrote", "answered", "status"]);

/** What is missed because nothing has happened until then. */
export function elapse(ticket: TicketClocks, at: number): TicketClocks {
  return changeOpen(ticket, (clock) => elapseClock(clock, at, ticket.holder));
}

/** What is settled is set aside, so that a ticket costs as much as its log is long, however often its customer has waited. */
function changeOpen(ticket: TicketClocks, change: (clock: Clock) => Clock): TicketClocks {
  const changed = ticket.open.map(change);
  if (changed.every((clock, index) => clock === ticket.open[index])) return ticket;
  const settled = changed
    .filter((clock) => !isOpen(clock))
    .reduce<Settled | null>((before, clock) => ({ clock, before }), ticket.settled);
  return { ...ticket, open: changed.filter(isOpen), settled };
}

function answer(
  ticket: TicketClocks,
  { at, isAuto, userId }: { at: number; isAuto: boolean; userId: string | null },
): TicketClocks {
  if (isAuto && ticket.policy?.autoRepliesCount === false) return ticket;
  const by = { userId: userId ?? ticket.holder.userId, teamId: ticket.holder.teamId };
  const after = changeOpen(ticket, (clock) => (isResponse(clock) ? settleClock(clock, at, by) : clock));
  return { ...after, awaited: null, hasAnswer: true };
}

function move(
  ticket: TicketClocks,
  { at, status, isMerge }: { at: number; status: TicketStatus; isMerge: boolean },
): TicketClocks {
  const statuses = [...ticket.statuses, { at, status }];
  if (isEnd(status)) {
    const ended = changeOpen(ticket, (clock) =>
      isResponse(clock) || isMerge ? cancelClock(clock, at) : settleClock(clock, at, ticket.holder),
    );
    return { ...ended, status, statuses, awaited: null, isUnresolved: false };
  }
  const after = changeOpen(ticket, (clock) => followStatus(clock, status, at));
  // What had ended is to be resolved once more.
  return govern({ ...after, status, statuses, isUnresolved: true }, at);
}

/** Which policy it goes by, from now on: what is open is judged by that from its beginning, what has none begins now. */
function govern(ticket: TicketClocks, at: number): TicketClocks {
  const { rules, statuses, priority } = ticket;
  const policy = rules && choosePolicy(rules, ticket);
  const governed = changeOpen(ticket, (clock) => {
    const targetMs = policy?.targetOf(clock.metric, priority) ?? null;
    if (!policy || targetMs === null) return cancelClock(clock, at);
    const isSame = clock.policy === policy && clock.targetMs === targetMs;
    return isSame ? clock : withAccount(judgeAnew(clock, { policy, targetMs }, at, statuses), clock, ticket.holder);
  });
  const open = [...governed.open];
  const begun = { ...governed.begun };
  for (const metric of wantedOf(ticket)) {
    const targetMs = policy?.targetOf(metric, priority) ?? null;
    if (!policy || targetMs === null || open.some((clock) => clock.metric === metric)) continue;
    const cycle = (begun[metric] += 1);
    const place = begun.FIRST_RESPONSE + begun.NEXT_RESPONSE + begun.RESOLUTION;
    open.push(startClock({ metric, cycle, place, policy, targetMs }, at, statuses));
  }
  return { ...governed, policy, open, begun };
}

/** What was missed just now goes to the account of whoever has the ticket. */
function withAccount(clock: Clock, before: Clock, { userId, teamId }: Holder): Clock {
  if (clock.breachedAt === null) return { ...clock, userId: null, teamId: null };
  return before.breachedAt === null ? { ...clock, userId, teamId } : clock;
}

function wantedOf({ awaited, isUnresolved }: TicketClocks): SlaMetric[] {
  return [...(awaited === null ? [] : [awaited]), ...(isUnresolved ? (["RESOLUTION"] as const) : [])];
}

function isResponse({ metric }: Clock): boolean {
  return metric !== "RESOLUTION";
}

function isEnd(status: TicketStatus): boolean {
  return status === "RESOLVED" || status === "CLOSED";
}
