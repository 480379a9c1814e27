import type { NewEvent } from "../events/index.ts";
import { toJsonEnum } from "../json/index.ts";
import type { TicketRow } from "./ticket-row.ts";
import type { TicketChanger } from "./ticket-changer.ts";

/**
 * Fields whose change is one TICKET_CHANGED. The log names them, and of the company's own words says what they were and
 * became. What others hold is people's, whom the log would outlive: `noteValues` keeps that.
 */
const OTHER_FIELDS = ["subject", "category", "sentiment", "orderRef", "tags", "attributes"] as const;
const TOLD_FIELDS = ["category", "sentiment"] as const;

/** What the log says of a change, in the order in which people tell it. */
export function eventsOfChange(before: TicketRow, after: TicketRow, by: TicketChanger): NewEvent[] {
  const event = (type: NewEvent["type"], data: Record<string, unknown>): NewEvent => ({
    ...subjectsOf(after),
    ...by.actor,
    type,
    data: { ...data, ...reasonOf(by) },
  });
  const events: NewEvent[] = [];
  if (before.status !== after.status) {
    events.push(event("STATUS_CHANGED", { from: toJsonEnum(before.status), to: toJsonEnum(after.status) }));
  }
  if (before.priority !== after.priority) {
    events.push(event("PRIORITY_CHANGED", { from: toJsonEnum(before.priority), to: toJsonEnum(after.priority) }));
  }
  if (before.assigneeId !== after.assigneeId || before.teamId !== after.teamId) {
    events.push(assignmentEvent(after, holderOf(before), holderOf(after), by));
  }
  const changed = OTHER_FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (changed.length > 0) events.push(event("TICKET_CHANGED", { changed, ...valuesOf(before, after) }));
  return events;
}

function valuesOf(before: TicketRow, after: TicketRow): Record<string, unknown> {
  const told = TOLD_FIELDS.filter((field) => before[field] !== after[field]);
  const values = Object.fromEntries(told.map((field) => [field, { from: before[field], to: after[field] }]));
  const added = after.tags.filter((tag) => !before.tags.includes(tag));
  const removed = before.tags.filter((tag) => !after.tags.includes(tag));
  // Tags in another order are the same tags.
  return added.length + removed.length === 0 ? values : { ...values, tags: { added, removed } };
}

/** Who has a ticket: a member, a team, both or nobody. */
export interface TicketHolder {
  userId: string | null;
  teamId: string | null;
}

/** The ticket went from some hands to others. */
export function assignmentEvent(
  ticket: Pick<TicketRow, "tenantId" | "id" | "conversationId" | "contactId">,
  from: TicketHolder,
  to: TicketHolder,
  by: Pick<TicketChanger, "actor" | "because">,
): NewEvent {
  return { ...subjectsOf(ticket), ...by.actor, type: "ASSIGNMENT_CHANGED", data: { from, to, ...reasonOf(by) } };
}

/** What an event about a ticket is about. */
export function subjectsOf(ticket: Pick<TicketRow, "tenantId" | "id" | "conversationId" | "contactId">) {
  const { tenantId, id: ticketId, conversationId, contactId } = ticket;
  return { tenantId, ticketId, conversationId, contactId };
}

function reasonOf({ because }: Pick<TicketChanger, "because">): { because?: string } {
  return because === undefined ? {} : { because };
}

function holderOf({ assigneeId, teamId }: TicketRow): TicketHolder {
  return { userId: assigneeId, teamId };
}

/** Of TICKET_OPENED: who has the ticket from the beginning, if anybody, so that the log tells who has it at any time. */
export function openedWith(ticket: TicketRow): { to?: TicketHolder } {
  const to = holderOf(ticket);
  return to.userId === null && to.teamId === null ? {} : { to };
}

/** How an event speaks of another ticket. */
export function referTo({ id, number }: TicketRow): { ticketId: string; number: number } {
  return { ticketId: id, number: Number(number) };
}
