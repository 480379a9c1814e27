import type { TicketStatus } from "@parley/db";

/** Who moves a ticket from one status to another. A manager may do whatever an agent may. */
export type Mover = "customer" | "agent" | "manager" | "system";

/** What a move means for the work: it goes on, ends, is taken up again, or had ended already. */
export type MoveEffect = "goes_on" | "ends" | "reopens" | "stays_ended";

interface Transition {
  from: readonly TicketStatus[];
  to: TicketStatus;
  by: readonly Mover[];
  effect: MoveEffect;
}

const UNFINISHED: readonly TicketStatus[] = ["OPEN", "PENDING", "WAITING_CUSTOMER", "ESCALATED"];
const STAFF: readonly Mover[] = ["agent", "manager", "system"];

/**
 * Every move that there is; what is not here is refused. `ends` writes resolvedAt, wakes a snoozed ticket and resolves
 * its conversation; `reopens` takes resolvedAt back, counts in reopenedCount and opens the conversation. What a
 * customer's message does is further limited by the reopen window (`decide-ticket.ts` of ingest).
 */
export const TRANSITIONS: readonly Transition[] = [
  { from: ["PENDING", "WAITING_CUSTOMER"], to: "OPEN", by: ["customer", ...STAFF], effect: "goes_on" },
  { from: ["ESCALATED"], to: "OPEN", by: STAFF, effect: "goes_on" },
  { from: ["OPEN", "WAITING_CUSTOMER", "ESCALATED"], to: "PENDING", by: STAFF, effect: "goes_on" },
  { from: ["OPEN", "PENDING", "ESCALATED"], to: "WAITING_CUSTOMER", by: STAFF, effect: "goes_on" },
  { from: ["OPEN", "PENDING", "WAITING_CUSTOMER"], to: "ESCALATED", by: STAFF, effect: "goes_on" },
  { from: UNFINISHED, to: "RESOLVED", by: STAFF, effect: "ends" },
  { from: UNFINISHED, to: "CLOSED", by: STAFF, effect: "ends" },
  { from: ["RESOLVED"], to: "CLOSED", by: STAFF, effect: "stays_ended" },
  { from: ["RESOLVED"], to: "OPEN", by: ["customer", ...STAFF], effect: "reopens" },
  { from: ["CLOSED"], to: "OPEN", by: ["customer", "manager", "system"], effect: "reopens" },
];

export function isUnfinished(status: TicketStatus): boolean {
  return UNFINISHED.includes(status);
}

/** What moving from one status to another means, or undefined when `by` may not. */
export function effectOfMove(from: TicketStatus, to: TicketStatus, by: Mover): MoveEffect | undefined {
  return TRANSITIONS.find((move) => move.to === to && move.from.includes(from) && move.by.includes(by))?.effect;
}

/** Where `by` may move a ticket of this status, for those who are refused. */
export function movesFrom(from: TicketStatus, by: Mover): TicketStatus[] {
  return TRANSITIONS.filter((move) => move.from.includes(from) && move.by.includes(by)).map(({ to }) => to);
}
