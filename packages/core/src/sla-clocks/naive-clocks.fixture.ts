import { isOpen } from "@parley/calendar";
import type { SlaMetric, TicketStatus } from "@parley/db";
import type { ClockEvent } from "./clock-event.ts";
import type { TicketAtFirst } from "./fold-clocks.ts";
import type { Policy, SlaRules } from "./rules.ts";

export const MINUTE_MS = 60_000;

/** What became of one promise, as far as reports and lists tell it. */
export interface Promised {
  metric: SlaMetric;
  cycle: number;
  policyId: string;
  startedAt: number;
  breachedAt: number | null;
  settledAt: number | null;
  outcome: string | null;
  userId: string | null;
}

interface Pledge extends Promised {
  policy: Policy;
  target: number;
  used: number;
  /** When the last of the target was used. */
  spentAt: number | null;
}

/**
 * The same as folding, as one would do it by hand: minute after minute, counting the minutes that were used, and counting
 * them anew when the rules change. For events, hours and targets of whole minutes. Knows nothing of intervals.
 */
export function watchTheClock(ticket: TicketAtFirst, events: readonly ClockEvent[], end: number): Promised[] {
  const openedAt = events.find(({ kind }) => kind === "opened")?.at ?? 0;
  const pledges: Pledge[] = [];
  const statusOf = new Map<number, TicketStatus>();
  let { status, priority, tags, holder } = ticket;
  let rules: SlaRules | null = null;
  let hasAnswer = false;
  let isOpened = false;
  let waits: SlaMetric | null = null;
  let isEnded = false;

  const policyNow = (): Policy | null =>
    rules?.policies.find(
      ({ match }) =>
        (!match.tags || match.tags.some((tag) => tags.includes(tag))) &&
        (!match.priorities || match.priorities.includes(priority)),
    ) ?? null;

  const useMinute = (pledge: Pledge, minute: number): void => {
    const runs = !pledge.policy.pauseIn.has(statusOf.get(minute) ?? "OPEN");
    if (runs && isOpen(pledge.policy.calendar, new Date(minute))) pledge.used += MINUTE_MS;
    if (pledge.used >= pledge.target) pledge.spentAt ??= minute + MINUTE_MS;
  };
  const close = (pledge: Pledge, at: number, outcome: "MET" | "CANCELLED", userId: string | null): void => {
    pledge.settledAt = at;
    pledge.outcome = pledge.breachedAt === null ? outcome : "BREACHED";
    if (pledge.outcome === "MET") pledge.userId = userId;
  };
  const open = (): Pledge[] => pledges.filter(({ settledAt }) => settledAt === null);
  const reconsider = (at: number): void => {
    const policy = policyNow();
    for (const pledge of open()) {
      const target = policy?.targetOf(pledge.metric, priority) ?? null;
      if (policy === null || target === null) {
        close(pledge, at, "CANCELLED", null);
        continue;
      }
      if (pledge.policy === policy && pledge.target === target) continue;
      Object.assign(pledge, { policy, target, policyId: policy.id, used: 0, spentAt: null });
      for (let minute = pledge.startedAt; minute < at; minute += MINUTE_MS) useMinute(pledge, minute);
      if (pledge.spentAt === null || pledge.spentAt >= at) Object.assign(pledge, { breachedAt: null, userId: null });
      else if (pledge.breachedAt === null) Object.assign(pledge, { breachedAt: at, userId: holder.userId });
    }
    const wanted: (SlaMetric | null)[] = isOpened && !isEnded ? [waits, "RESOLUTION"] : [];
    for (const metric of wanted) {
      const target = metric && (policy?.targetOf(metric, priority) ?? null);
      if (metric === null || policy === null || target === null) continue;
      if (open().some((pledge) => pledge.metric === metric)) continue;
      const cycle = pledges.filter((pledge) => pledge.metric === metric).length + 1;
      const nothing = { spentAt: null, breachedAt: null, settledAt: null, outcome: null, userId: null };
      pledges.push({ metric, cycle, policyId: policy.id, startedAt: at, policy, target, used: 0, ...nothing });
    }
  };

  const apply = (event: ClockEvent, at: number): void => {
    switch (event.kind) {
      case "opened":
        isOpened = true;
        waits = "FIRST_RESPONSE";
        break;
      case "customer_wrote":
        if (!isEnded) waits ??= hasAnswer ? "NEXT_RESPONSE" : "FIRST_RESPONSE";
        break;
      case "answered":
        if (event.isAuto && policyNow()?.autoRepliesCount === false) return;
        for (const pledge of open()) {
          if (pledge.metric !== "RESOLUTION") close(pledge, at, "MET", event.userId ?? holder.userId);
        }
        hasAnswer = true;
        waits = null;
        return;
      case "status":
        status = event.status;
        isEnded = status === "RESOLVED" || status === "CLOSED";
        if (isEnded) {
          waits = null;
          for (const pledge of open()) {
            const isMet = pledge.metric === "RESOLUTION" && !event.isMerge;
            close(pledge, at, isMet ? "MET" : "CANCELLED", holder.userId);
          }
          return;
        }
        break;
      case "priority":
        priority = event.priority;
        break;
      case "tags":
        tags = event.tags;
        break;
      case "announced":
        return;
      case "holder":
        holder = event.holder;
        return;
      case "rules":
        rules = event.rules;
        break;
    }
    reconsider(at);
  };

  for (let minute = Math.min(openedAt, ...events.map(({ at }) => at)); minute <= end; minute += MINUTE_MS) {
    for (const pledge of open()) {
      const { spentAt, breachedAt } = pledge;
      if (breachedAt !== null || spentAt === null || spentAt >= minute) continue;
      Object.assign(pledge, { breachedAt: spentAt, userId: holder.userId });
    }
    for (const event of events.filter(({ at }) => at === minute)) apply(event, minute);
    statusOf.set(minute, status);
    for (const pledge of open()) useMinute(pledge, minute);
  }
  return pledges.map(({ metric, cycle, policyId, startedAt, breachedAt, settledAt, outcome, userId }) => {
    return { metric, cycle, policyId, startedAt, breachedAt, settledAt, outcome, userId };
  });
}
