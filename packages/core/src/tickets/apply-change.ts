import { isDeepStrictEqual } from "node:util";
import type { Prisma, TicketPriority, TicketStatus, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { cancelTimer } from "../timers/index.ts";
import { assertMember, assertTeam } from "./assert-assignable.ts";
import { assertNotMerged } from "./assert-not-merged.ts";
import { assignmentEvent, eventsOfChange } from "./events-of-change.ts";
import { findTicketInWork } from "./find-ticket-in-work.ts";
import { followInConversation, resolveOtherConversations } from "./follow-in-conversation.ts";
import { isAway } from "./is-away.ts";
import type { LockedTicket, TicketRow } from "./lock-ticket.ts";
import { asSystem, type TicketChanger } from "./ticket-changer.ts";
import { followWithSurvey } from "./survey-timers.ts";
import { effectOfMove, movesFrom, type MoveEffect } from "./transitions.ts";

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
 */
export async function applyTicketChange(
  ctx: SystemContext,
  tx: Tx,
  locked: LockedTicket,
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
  if (change.assigneeId) await assertMember(tx, ticket.tenantId, change.assigneeId);
  if (change.teamId) await assertTeam(tx, ticket.tenantId, change.teamId);

  const now = ctx.clock.now();
  const { attributes, ...columns } = change;
  const after = await tx.ticket.update({
    where: { tenantId_id: { tenantId: ticket.tenantId, id: ticket.id } },
    data: {
      ...columns,
      ...(attributes === undefined ? {} : { attributes }),
      ...columnsOfEffect(effect, now),
      updatedAt: now,
      version: { increment: 1 },
    },
  });
  if (effect === "ends" && ticket.snoozedAt) {
    await cancelTimer(tx, { tenantId: ticket.tenantId, kind: "wake_ticket", subjectId: ticket.id });
  }
  await followInConversation(tx, locked, after);
  if (effect === "ends") await resolveOtherConversations(tx, locked);
  await publishEvents(
    ctx,
    tx,
    isReleased
      ? [...eventsOfChange(ticket, { ...after, assigneeId: ticket.assigneeId }, by), releasedEvent(ticket, after)]
      : eventsOfChange(ticket, after, by),
  );
  await followWithSurvey(ctx, tx, after, effect);
  return after;
}

function releasedEvent(before: TicketRow, after: TicketRow): NewEvent {
  const from = { userId: before.assigneeId, teamId: after.teamId };
  return assignmentEvent(after, from, { userId: null, teamId: after.teamId }, asSystem("assignee_offline"));
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

function columnsOfEffect(effect: MoveEffect | undefined, now: Date): Prisma.TicketUncheckedUpdateInput {
  switch (effect) {
    case "ends":
      return { resolvedAt: now, snoozedAt: null, snoozedUntil: null };
    case "reopens":
      return { resolvedAt: null, reopenedCount: { increment: 1 } };
    case "goes_on":
    case "stays_ended":
    case undefined:
      return {};
  }
}

/** A conversation's new messages belong to one ticket; a second one would have no say in which. */
async function assertOnlyOne(tx: Tx, ticket: TicketRow): Promise<void> {
  if (ticket.splitFromId !== null) return;
  const other = await findTicketInWork(tx, ticket);
  if (!other) return;
  throw new DomainError(
    "conflict",
    `Ticket ${other.number} of the same conversation is being worked on; go on there, or merge this one into it.`,
  );
}
