import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { cancelTimer } from "../timers/index.ts";
import { applyTicketChange } from "./apply-change.ts";
import { assertNotMerged } from "./assert-not-merged.ts";
import { referTo, subjectsOf } from "./events-of-change.ts";
import { findTicketInWork } from "./find-ticket-in-work.ts";
import { showInConversation } from "./follow-in-conversation.ts";
import { withKnownAttributes } from "./known-attributes.ts";
import { lockTickets, type LockedTicket, type LockedTickets } from "./lock-ticket.ts";
import type { TicketRow } from "./ticket-row.ts";
import { asChanger } from "./ticket-changer.ts";
import { moveBelongings } from "./move-belongings.ts";
import { MAX_TAGS, type MergeTicketInput, type TicketJson } from "./schemas.ts";
import { noSuchTicket, toTicketJson } from "./ticket-json.ts";
import { isUnfinished } from "./transitions.ts";

/**
 * Lets the work on one ticket go on in another, of whichever conversation and contact, and returns the latter. The one
 * that is merged is closed for good; its messages, tags, links and followers go over, and what was merged into it before
 * counts as merged into the other. Nobody outside is told. Refuses as `conflict` tickets that were merged already, and a
 * target that is resolved or closed.
 */
export async function mergeTickets(ctx: RequestContext, input: MergeTicketInput & { id: string }): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.change");
  const { id, intoTicketId } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      // What was merged into the target before stays as it is, so merges into the same target only wait for one another.
      const locked = await lockTickets(tx, tenantId, [id, intoTicketId], [id]);
      const { source, target } = partiesOf(locked, input);
      const closed = await closeMerged(ctx, tx, source, target);
      await moveBelongings(tx, { from: closed, to: target.ticket, conversationIds: [...locked.conversations.keys()] });
      const after = await takeOver(ctx, tx, target, closed);
      await publishEvents(ctx, tx, mergedEvents(ctx, closed, after, source.conversation.unreadCount > 0));
      return withKnownAttributes(tx, tenantId, toTicketJson(after));
    }),
  );
}

function partiesOf(
  { tickets, conversations }: LockedTickets,
  { id, intoTicketId }: { id: string; intoTicketId: string },
): { source: LockedTicket; target: LockedTicket } {
  const source = lockedOf(tickets.get(id), conversations);
  if (!source) throw noSuchTicket();
  if (id === intoTicketId) throw refuseTarget("is the same ticket");
  const target = lockedOf(tickets.get(intoTicketId), conversations);
  if (!target) throw refuseTarget("is not a ticket of this company");
  assertNotMerged(source.ticket);
  const { number, status, mergedIntoId } = target.ticket;
  if (mergedIntoId !== null) {
    throw new DomainError("conflict", `Ticket ${number} was itself merged into another; merge into that one.`);
  }
  if (!isUnfinished(status)) {
    throw new DomainError("conflict", `Ticket ${number} is ${status.toLowerCase()}; reopen it first.`);
  }
  return { source, target };
}

function lockedOf(
  ticket: TicketRow | undefined,
  conversations: LockedTickets["conversations"],
): LockedTicket | undefined {
  const conversation = conversations.get(ticket?.conversationId ?? "");
  return ticket && conversation && { ticket, conversation };
}

function refuseTarget(message: string): DomainError {
  return new DomainError("validation_failed", `intoTicketId ${message}.`, {
    fields: [{ path: "intoTicketId", message }],
  });
}

async function closeMerged(
  ctx: RequestContext,
  tx: Tx,
  source: LockedTicket,
  target: LockedTicket,
): Promise<TicketRow> {
  const { tenantId, id, version } = source.ticket;
  const by = { ...asChanger(ctx.actor), because: "merged" };
  await applyTicketChange(ctx, tx, source, { status: "CLOSED" }, by);
  // Whoever wrote is not asked how satisfied they are with half of it.
  await cancelTimer(tx, { tenantId, kind: "ask_survey", subjectId: id });
  const updatedAt = ctx.clock.now();
  await tx.ticket.updateMany({
    where: { tenantId, mergedIntoId: id },
    data: { mergedIntoId: target.ticket.id, updatedAt, version: { increment: 1 } },
  });
  return tx.ticket.update({
    where: { tenantId_id: { tenantId, id } },
    // One change, however many statements it takes.
    data: { mergedIntoId: target.ticket.id, updatedAt, version: version + 1 },
  });
}

/**
 * The target with what it gains. One that was split off and takes over the ticket that it stood beside stands in that
 * one's place from then on: new messages of the conversation belong to it.
 */
async function takeOver(ctx: RequestContext, tx: Tx, target: LockedTicket, source: TicketRow): Promise<TicketRow> {
  const { ticket, conversation } = target;
  const { tenantId, id, version, conversationId } = ticket;
  const tags = [...new Set([...ticket.tags, ...source.tags])].slice(0, MAX_TAGS);
  await applyTicketChange(ctx, tx, target, { tags }, { ...asChanger(ctx.actor), because: "merged" });
  const stoodBeside =
    ticket.splitFromId !== null && source.splitFromId === null && source.conversationId === conversationId;
  const stepsIn = stoodBeside && !(await findTicketInWork(tx, { tenantId, conversationId }));
  const after = await tx.ticket.update({
    where: { tenantId_id: { tenantId, id } },
    data: { updatedAt: ctx.clock.now(), version: version + 1, ...(stepsIn && { splitFromId: null }) },
  });
  if (stepsIn) {
    // What it shows has changed since it was locked.
    const shown = await tx.conversation.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id: conversation.id } },
    });
    await showInConversation(tx, shown, after);
  }
  return after;
}

/** `waits`: the source's customer has not been answered, and waits for that from now on in the target. */
function mergedEvents(ctx: RequestContext, source: TicketRow, target: TicketRow, waits: boolean) {
  const event = { ...asChanger(ctx.actor).actor, type: "TICKET_MERGED" } as const;
  return [
    { ...subjectsOf(source), ...event, data: { into: referTo(target) } },
    { ...subjectsOf(target), ...event, data: { from: referTo(source), ...(waits && { waits }) } },
  ];
}
