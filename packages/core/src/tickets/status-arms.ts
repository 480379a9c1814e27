import { TicketStatus } from "@parley/db";
import { statusIn } from "./ticket-condition.ts";
import type { TicketFilter } from "./ticket-filter.ts";
import { isUnfinished } from "./transitions.ts";

/** Undefined is any. */
type Statuses = readonly TicketStatus[] | undefined;

export function statusConditions(statuses: Statuses): string[] {
  return statuses === undefined ? [] : [statusIn(statuses)];
}

/** Those that all of the filters allow; undefined when none says anything of them. */
export function statusesOf(filters: readonly TicketFilter[]): Statuses {
  return filters.reduce<Statuses>(
    (allowed, { status }) =>
      status && allowed ? allowed.filter((each) => status.includes(each)) : (status ?? allowed),
    undefined,
  );
}

/** Which statuses are asked for together: each by itself, in the order that lists have. */
export function statusArms(filters: readonly TicketFilter[]): Statuses[] {
  const statuses = statusesOf(filters);
  if (statuses === undefined || statuses.length === 0 || isOfFew(filters)) return [statuses];
  return [...new Set(statuses)].map((status) => [status]);
}

/** The same where no order is asked for: what is unfinished has an index of all of it. */
export function unorderedArms(filters: readonly TicketFilter[]): Statuses[] {
  const arms = statusArms(filters);
  const unfinished = arms.filter(isOfUnfinished).flatMap((statuses) => statuses ?? []);
  return coversUnfinished(unfinished) ? [unfinished, ...arms.filter((statuses) => !isOfUnfinished(statuses))] : arms;
}

/** Whether they are, or are among them, all those of tickets that are being worked on. */
export function coversUnfinished(statuses: Statuses): boolean {
  return Object.values(TicketStatus)
    .filter(isUnfinished)
    .every((status) => statuses === undefined || statuses.includes(status));
}

/** Somebody's tickets, or a contact's, are few, and have indexes of their own: they are read at once. */
export function isOfFew(filters: readonly TicketFilter[]): boolean {
  return filters.some(
    ({ assigneeId, contactId }) => contactId !== undefined || (assigneeId !== undefined && assigneeId !== "none"),
  );
}

export function isOfUnfinished(statuses: Statuses): boolean {
  return statuses !== undefined && statuses.length > 0 && statuses.every(isUnfinished);
}

export function union(selects: readonly string[]): string {
  return selects.map((select) => `(${select})`).join(" union all ");
}
