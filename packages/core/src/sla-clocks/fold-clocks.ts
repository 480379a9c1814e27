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
  /** In the order in which they began, those that are settled too. */
  clocks: readonly Clock[];
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
    clocks: [],
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
  return { ...ticket, clocks: ticket.clocks.map((clock) => elapseClock(clock, at, ticket.holder)) };
}

function answer(
  ticket: TicketClocks,
  { at, isAuto, userId }: { at: number; isAuto: boolean; userId: string | null },
): TicketClocks {
  if (isAuto && ticket.policy?.autoRepliesCount === false) return ticket;
  const by = { userId: userId ?? ticket.holder.userId, teamId: ticket.holder.teamId };
  const clocks = ticket.clocks.map((clock) =>
    isOpen(clock) && isResponse(clock) ? settleClock(clock, at, by) : clock,
  );
  return { ...ticket, clocks, awaited: null, hasAnswer: true };
}

function move(
  ticket: TicketClocks,
  { at, status, isMerge }: { at: number; status: TicketStatus; isMerge: boolean },
): TicketClocks {
  const statuses = [...ticket.statuses, { at, status }];
  if (isEnd(status)) {
    const clocks = ticket.clocks.map((clock) => {
      if (!isOpen(clock)) return clock;
      return isResponse(clock) || isMerge ? cancelClock(clock, at) : settleClock(clock, at, ticket.holder);
    });
    return { ...ticket, status, statuses, clocks, awaited: null, isUnresolved: false };
  }
  const clocks = ticket.clocks.map((clock) => (isOpen(clock) ? followStatus(clock, status, at) : clock));
  // What had ended is to be resolved once more.
  return govern({ ...ticket, status, statuses, clocks, isUnresolved: true }, at);
}

/** Which policy it goes by, from now on: what is open is judged by that from its beginning, what has none begins now. */
function govern(ticket: TicketClocks, at: number): TicketClocks {
  const { rules, statuses, priority } = ticket;
  const policy = rules && choosePolicy(rules, ticket);
  const clocks = ticket.clocks.map((clock) => {
    if (!isOpen(clock)) return clock;
    const targetMs = policy?.targetOf(clock.metric, priority) ?? null;
    if (!policy || targetMs === null) return cancelClock(clock, at);
    const isSame = clock.policy === policy && clock.targetMs === targetMs;
    return isSame ? clock : withAccount(judgeAnew(clock, { policy, targetMs }, at, statuses), clock, ticket.holder);
  });
  for (const metric of wantedOf(ticket)) {
    const targetMs = policy?.targetOf(metric, priority) ?? null;
    if (!policy || targetMs === null) continue;
    if (clocks.some((clock) => clock.metric === metric && isOpen(clock))) continue;
    const cycle = clocks.filter((clock) => clock.metric === metric).length + 1;
    clocks.push(startClock({ metric, cycle, policy, targetMs }, at, statuses));
  }
  return { ...ticket, policy, clocks };
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
