import { isDeepStrictEqual } from "node:util";
import { together, type AnyTx, type Prisma, type TicketPriority, type TicketStatus } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext, TicketWrite } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { cancelTimer } from "../timers/index.ts";
import { assertMember, assertTeam } from "./assert-assignable.ts";
import { assertNotMerged } from "./assert-not-merged.ts";
import { assignmentEvent, eventsOfChange } from "./events-of-change.ts";
import { findTicketInWork } from "./find-ticket-in-work.ts";
import { followInConversation, resolveOtherConversations, type Shown } from "./follow-in-conversation.ts";
import { isAway } from "./is-away.ts";
import { noteTags } from "./note-tags.ts";
import { noteValues } from "./note-values.ts";
import { followWithSurvey } from "./survey-timers.ts";
import { asSystem, type TicketChanger } from "./ticket-changer.ts";
import type { TicketRow } from "./ticket-row.ts";
import { effectOfMove, movesFrom, type MoveEffect } from "./transitions.ts";
import { writeTicket } from "./write-ticket.ts";

/** What is to be different; what is undefined stays. `attributes` and `tags` are given whole. */
export interface TicketChange {
  status?: TicketStatus | undefined;
  priority?: TicketPriority | undefined;
  subject?: string | null | undefined;
  category?: string | null | undefined;
  sentiment?: string | null | undefined;
  orderRef?: string | null | undefined;
  tags?: string[] | undefined;
  attributes?: Prisma.JsonObject | undefined;
  assigneeId?: string | null | undefined;
  teamId?: string | null | undefined;
}

/**
 * Changes a ticket that the caller has locked, with its conversation, its timers and the events: the one way in which a
 * ticket changes but for what ingest does set-wise. What is so already is no change: without any the version stays. One
 * that is reopened is taken from an assignee who is offline.
 * Refuses as `conflict` a move that the table of transitions does not have, any change of a merged ticket, and
 * reopening beside another ticket of the conversation; as `validation_failed` an assignee or team that does not exist.
 * After a refusal the transaction is of no more use.
 */
export async function applyTicketChange(
  ctx: SystemContext,
  tx: AnyTx,
  locked: Shown,
  wanted: TicketChange,
  by: TicketChanger,
): Promise<TicketRow> {
  const { ticket } = locked;
  const asked = differences(ticket, wanted);
  if (Object.keys(asked).length === 0) return ticket;
  assertNotMerged(ticket);
  const effect = asked.status === undefined ? undefined : effectOf(ticket, asked.status, by);
  if (effect === "reopens") await assertOnlyOne(tx, ticket);
  const isReleased = effect === "reopens" && asked.assigneeId === undefined && (await isAway(tx, ticket, by.actor));
  const change = isReleased ? { ...asked, assigneeId: null } : asked;
  const after = await write(ctx, tx, locked, { change, effect, events: eventsOf(ticket, change, by, isReleased) });
  await followWithSurvey(ctx, tx, after, effect);
  return after;
}

/**
 * Everything of a change that does not depend on what PostgreSQL answers, so it takes one round trip. What may be refused
 * comes first: that is what is thrown then, and not that the row refers to nobody.
 */
async function write(
  ctx: SystemContext,
  tx: AnyTx,
  locked: Shown,
  { change, effect, events }: { change: TicketChange; effect: MoveEffect | undefined; events: readonly NewEvent[] },
): Promise<TicketRow> {
  const { ticket } = locked;
  const { tenantId, id } = ticket;
  const ends = effect === "ends";
  const now = ctx.clock.now();
  const values = { ...change, ...valuesOfEffect(effect, now) };
  const writing = ctx.writeTicket ?? ((one: TicketWrite) => writeTicket(tx, one));
  const [, , after] = await together([
    change.assigneeId ? assertMember(tx, tenantId, change.assigneeId) : undefined,
    change.teamId ? assertTeam(tx, tenantId, change.teamId) : undefined,
    writing({ tenantId, id, values, updatedAt: now, reopens: effect === "reopens" }),
    ends && ticket.snoozedAt ? cancelTimer(tx, { tenantId, kind: "wake_ticket", subjectId: id }) : undefined,
    followInConversation(tx, locked, changed(ticket, change)),
    ends ? resolveOtherConversations(tx, locked) : undefined,
    change.tags ? noteTags(tx, ticket, change.tags) : undefined,
    noteValues(tx, ticket, changed(ticket, change), now),
    publishEvents(ctx, tx, events),
  ]);
  return after;
}

function eventsOf(before: TicketRow, change: TicketChange, by: TicketChanger, isReleased: boolean): NewEvent[] {
  const after = changed(before, change);
  if (!isReleased) return eventsOfChange(before, after, by);
  const from = { userId: before.assigneeId, teamId: after.teamId };
  const to = { userId: null, teamId: after.teamId };
  return [
    ...eventsOfChange(before, { ...after, assigneeId: before.assigneeId }, by),
    assignmentEvent(after, from, to, asSystem("assignee_offline")),
  ];
}

/** `change` is of `differences`, which leave out what is undefined. */
function changed(ticket: TicketRow, change: TicketChange): TicketRow {
  return { ...ticket, ...(change as Partial<TicketRow>) };
}

/** Only what is not so yet. */
function differences(ticket: TicketRow, wanted: TicketChange): TicketChange {
  const fields = (Object.keys(wanted) as (keyof TicketChange)[]).filter(
    // The database keeps attributes in an order of its own.
    (field) => wanted[field] !== undefined && !isDeepStrictEqual(wanted[field], ticket[field]),
  );
  return Object.fromEntries(fields.map((field) => [field, wanted[field]]));
}

function effectOf(ticket: TicketRow, to: TicketStatus, { mover }: TicketChanger): MoveEffect {
  const effect = effectOfMove(ticket.status, to, mover);
  if (effect) return effect;
  const possible = movesFrom(ticket.status, mover).map((status) => status.toLowerCase());
  const way = possible.length > 0 ? `from here it can become ${possible.join(", ")}` : "a manager can reopen it";
  throw new DomainError(
    "conflict",
    `A ticket that is ${ticket.status.toLowerCase()} cannot become ${to.toLowerCase()}; ${way}.`,
  );
}

function valuesOfEffect(effect: MoveEffect | undefined, now: Date): TicketWrite["values"] {
  switch (effect) {
    case "ends":
      return { resolvedAt: now, snoozedAt: null, snoozedUntil: null };
    case "reopens":
      return { resolvedAt: null };
    case "goes_on":
    case "stays_ended":
    case undefined:
      return {};
  }
}

/** A conversation's new messages belong to one ticket; a second one would have no say in which. */
async function assertOnlyOne(tx: AnyTx, ticket: TicketRow): Promise<void> {
  if (ticket.splitFromId !== null) return;
  const other = await findTicketInWork(tx, ticket);
  if (!other) return;
  throw new DomainError(
    "conflict",
    `Ticket ${other.number} of the same conversation is being worked on; go on there, or merge this one into it.`,
  );
}
