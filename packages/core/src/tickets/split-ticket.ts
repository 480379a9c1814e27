import type { Prisma, Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { assertTicketQuota } from "../quotas/index.ts";
import { assertNotMerged } from "./assert-not-merged.ts";
import { drawTicketNumber } from "./draw-number.ts";
import { openedWith, referTo, subjectsOf } from "./events-of-change.ts";
import { isAway } from "./is-away.ts";
import { withKnownAttributes } from "./known-attributes.ts";
import { lockTicket, type LockedTicket } from "./lock-ticket.ts";
import type { TicketRow } from "./ticket-row.ts";
import { asChanger } from "./ticket-changer.ts";
import { MAX_SUBJECT, type SplitTicketInput, type TicketJson } from "./schemas.ts";
import { toTicketJson } from "./ticket-json.ts";

type MessageRow = Prisma.MessageGetPayload<object>;

/**
 * Opens a ticket of its own for some of a ticket's messages, and returns it. It stands beside the conversation's ticket:
 * what the customer writes goes on belonging to that one, unless it quotes a message of this one. Of a conversation that
 * came with a merged ticket it is the messages' own conversation. An
 * assignee who is offline does not get it. Refuses as `validation_failed` messages of other
 * tickets or of several conversations, and all the messages that there are.
 */
export async function splitTicket(ctx: RequestContext, input: SplitTicketInput & { id: string }): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.change");
  const { id, messageIds, subject } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const locked = await lockTicket(tx, tenantId, id);
      assertNotMerged(locked.ticket);
      const messages = await findMessages(tx, locked, messageIds);
      await assertSomeStay(tx, locked, messageIds);
      const after = await openBeside(ctx, tx, locked, { messages, subject });
      await moveMessages(tx, after, messageIds);
      return withKnownAttributes(tx, tenantId, toTicketJson(after));
    }),
  );
}

/** Those of the ticket, which the lock of their conversation keeps with it. */
async function findMessages(tx: Tx, { ticket }: LockedTicket, ids: readonly string[]): Promise<MessageRow[]> {
  const { tenantId } = ticket;
  const messages = await tx.message.findMany({
    where: { tenantId, id: { in: [...ids] }, ticketId: ticket.id },
    orderBy: [{ occurredAt: "asc" }, { id: "asc" }],
  });
  const found = new Set(messages.map((message) => message.id));
  const wrong = ids.flatMap((id, index) => (found.has(id) ? [] : [`messageIds.${index}`]));
  if (wrong.length > 0) throw refuse("is not a message of this ticket", wrong);
  if (new Set(messages.map(({ conversationId }) => conversationId)).size > 1) {
    throw refuse("must be of one conversation; split those of each off by themselves", ["messageIds"]);
  }
  return messages;
}

async function assertSomeStay(
  tx: Tx,
  { ticket, conversation, mergedConversations = [] }: LockedTicket,
  ids: readonly string[],
): Promise<void> {
  const { tenantId, id: ticketId } = ticket;
  const conversationIds = [conversation, ...mergedConversations].map(({ id }) => id);
  const stays = await tx.message.findFirst({
    where: { tenantId, ticketId, conversationId: { in: conversationIds }, id: { notIn: [...ids] } },
    select: { id: true },
  });
  if (!stays) throw refuse("must leave the ticket at least one message", ["messageIds"]);
}

function refuse(message: string, paths: readonly string[]): DomainError {
  return new DomainError("validation_failed", `messageIds ${message}.`, {
    fields: paths.map((path) => ({ path, message })),
  });
}

async function openBeside(
  ctx: RequestContext,
  tx: Tx,
  { ticket, conversation, mergedConversations = [] }: LockedTicket,
  { messages, subject }: { messages: readonly MessageRow[]; subject: string | undefined },
): Promise<TicketRow> {
  const { tenantId, priority, teamId } = ticket;
  const { actor } = asChanger(ctx.actor);
  const assigneeId = (await isAway(tx, ticket, actor)) ? null : ticket.assigneeId;
  const [first] = messages;
  const of = [conversation, ...mergedConversations].find(({ id }) => id === first?.conversationId);
  if (!of) throw new Error(`ticket ${ticket.id} has messages of a conversation that is not locked`);
  const { channel } = await tx.inbox.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: of.inboxId } },
    select: { channel: true },
  });
  const now = ctx.clock.now();
  const opened = await tx.ticket.create({
    data: {
      tenantId,
      id: newId(),
      number: await drawTicketNumber(tx, tenantId),
      conversationId: of.id,
      contactId: of.contactId,
      inboxId: of.inboxId,
      channel,
      subject: subject ?? firstLineOf(messages),
      priority,
      assigneeId,
      teamId,
      splitFromId: ticket.id,
      createdAt: now,
      updatedAt: now,
    },
  });
  await assertTicketQuota(ctx, tx, tenantId);
  await tx.ticket.update({
    where: { tenantId_id: { tenantId, id: ticket.id } },
    data: { updatedAt: now, version: { increment: 1 } },
  });
  await publishEvents(ctx, tx, [
    {
      ...subjectsOf(ticket),
      ...actor,
      type: "TICKET_SPLIT",
      data: { into: referTo(opened), messages: messages.length },
    },
    {
      ...subjectsOf(opened),
      ...actor,
      type: "TICKET_OPENED",
      data: {
        ...openedWith(opened),
        because: "split",
        from: referTo(ticket),
      },
    },
  ]);
  return opened;
}

/** In the order of ids, as statuses lock them. */
async function moveMessages(tx: Tx, { tenantId, id }: TicketRow, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    with moved as (
      select id from message where tenant_id = ${tenantId}::uuid and id = any(${ids}::uuid[])
       order by id
         for no key update
    )
    update message m set ticket_id = ${id}::uuid from moved where m.tenant_id = ${tenantId}::uuid and m.id = moved.id`;
}

/** What a ticket is called that nobody has named: as ingest does, by what was written first. */
function firstLineOf(messages: readonly MessageRow[]): string | null {
  for (const { content } of messages) {
    const text = typeof content === "object" && content !== null && !Array.isArray(content) ? content["text"] : null;
    if (typeof text === "string" && text.trim() !== "") return text.slice(0, MAX_SUBJECT);
  }
  return null;
}
