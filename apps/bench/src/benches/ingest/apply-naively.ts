import { parseWhatsAppWebhook, type MessagePart, type StatusPart } from "@parley/channels";
import type { Prisma } from "@parley/db";
import type { openPrisma } from "@parley/db/open-prisma";
import { newId } from "@parley/runtime";

export type PrismaClient = ReturnType<typeof openPrisma>;
type Tx = Prisma.TransactionClient;

const WINDOW_MS = 24 * 3_600_000;
const TIMEOUTS = { maxWait: 15_000, timeout: 15_000 };
const STATUS_ORDER = ["QUEUED", "SENDING", "SENT", "DELIVERED", "READ"];

/**
 * One raw event the way in which one would write it first: one transaction, everything looked up and created step by
 * step. It keeps the same rules as Parley: a message is stored once, contacts and conversations are unique, a ticket
 * is kept, reopened or opened, the log and the conversation follow. Unique indexes guard it; the job is tried again.
 */
export async function applyNaively(prisma: PrismaClient, rawEventId: string): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const raw = await tx.rawWebhookEvent.findUniqueOrThrow({ where: { id: rawEventId } });
    if (raw.status !== "RECEIVED") return;
    for (const part of parseWhatsAppWebhook(Buffer.from(raw.body))) {
      if (part.kind === "message") await applyMessage(tx, part);
      else if (part.kind === "status") await applyStatus(tx, part);
      else throw new Error(`nothing else was planned: ${part.kind}`);
    }
    await tx.rawWebhookEvent.update({
      where: { id: rawEventId },
      data: { status: "APPLIED", appliedAt: new Date(), attempts: { increment: 1 } },
    });
  }, TIMEOUTS);
}

async function applyMessage(tx: Tx, part: MessagePart): Promise<void> {
  const inbox = await findInbox(tx, part.account);
  const { tenantId, id: inboxId } = inbox;
  const key = { tenantId, inboxId, externalId: part.externalId };
  if (await tx.message.findUnique({ where: { tenantId_inboxId_externalId: key }, select: { id: true } })) return;

  const subjects = { tenantId, actorType: "CUSTOMER" } as const;
  const events: Prisma.EventCreateManyInput[] = [];
  const contact = await findOrCreateContact(tx, tenantId, part);
  if (contact.isNew) events.push({ ...subjects, type: "CONTACT_CREATED", contactId: contact.id });
  const conversation = await findOrCreateConversation(tx, inbox, contact.id, part);
  const refers = { ...subjects, contactId: contact.id, conversationId: conversation.id };
  if (conversation.isNew) events.push({ ...refers, type: "CONVERSATION_OPENED" });
  const ticket = await fileTicket(tx, inbox, contact.id, conversation.id, part);
  if (ticket.event) events.push({ ...refers, type: ticket.event, ticketId: ticket.id });

  const messageId = newId();
  await tx.message.create({
    data: {
      ...key,
      id: messageId,
      conversationId: conversation.id,
      ticketId: ticket.id,
      direction: "INBOUND",
      type: part.type,
      status: "RECEIVED",
      senderType: "CONTACT",
      senderId: contact.id,
      content: part.content as Prisma.InputJsonObject,
      occurredAt: part.occurredAt,
      sentAt: part.occurredAt,
    },
    select: { id: true },
  });
  await tx.conversation.update({
    where: { tenantId_id: { tenantId, id: conversation.id } },
    data: {
      status: "OPEN",
      unreadCount: { increment: 1 },
      lastMessageId: messageId,
      lastMessageAt: part.occurredAt,
      lastInboundAt: new Date(),
      windowExpiresAt: new Date(part.occurredAt.getTime() + WINDOW_MS),
      version: { increment: 1 },
    },
    select: { id: true },
  });
  events.push({ ...refers, type: "MESSAGE_RECEIVED", ticketId: ticket.id, messageId, data: { type: part.type } });
  await tx.event.createMany({ data: events });
}

function findInbox(tx: Tx, account: string) {
  return tx.inbox.findUniqueOrThrow({
    where: { channel_externalId: { channel: "WHATSAPP", externalId: account } },
    select: { id: true, tenantId: true, tenant: { select: { reopenWindowMinutes: true } } },
  });
}

type Inbox = Awaited<ReturnType<typeof findInbox>>;

async function findOrCreateContact(
  tx: Tx,
  tenantId: string,
  part: MessagePart,
): Promise<{ id: string; isNew: boolean }> {
  const [identifier] = part.contact.identifiers;
  if (!identifier) throw new Error("every planned message has a sender");
  const known = await tx.contactIdentifier.findUnique({
    where: { tenantId_type_value: { tenantId, ...identifier } },
    select: { contactId: true },
  });
  if (known) return { id: known.contactId, isNew: false };
  const id = newId();
  await tx.contact.create({
    data: { tenantId, id, name: part.contact.name, identifiers: { create: { ...identifier, isPrimary: true } } },
    select: { id: true },
  });
  return { id, isNew: true };
}

async function findOrCreateConversation(
  tx: Tx,
  { tenantId, id: inboxId }: Inbox,
  contactId: string,
  part: MessagePart,
): Promise<{ id: string; isNew: boolean }> {
  const key = { tenantId, inboxId, contactId, externalThreadId: part.threadId };
  const known = await tx.conversation.findUnique({
    where: { tenantId_inboxId_contactId_externalThreadId: key },
    select: { id: true },
  });
  if (known) return { id: known.id, isNew: false };
  const id = newId();
  await tx.conversation.create({ data: { ...key, id, lastMessageAt: part.occurredAt }, select: { id: true } });
  return { id, isNew: true };
}

async function fileTicket(
  tx: Tx,
  inbox: Inbox,
  contactId: string,
  conversationId: string,
  part: MessagePart,
): Promise<{ id: string; event?: "STATUS_CHANGED" | "TICKET_OPENED" }> {
  const { tenantId } = inbox;
  const latest = await tx.ticket.findFirst({
    where: { tenantId, conversationId },
    orderBy: { createdAt: "desc" },
    select: { id: true, resolvedAt: true },
  });
  if (latest && latest.resolvedAt === null) return { id: latest.id };
  const minutes = latest?.resolvedAt ? (part.occurredAt.getTime() - latest.resolvedAt.getTime()) / 60_000 : Infinity;
  if (latest && minutes <= inbox.tenant.reopenWindowMinutes) {
    const where = { tenantId_id: { tenantId, id: latest.id } };
    const data = {
      status: "OPEN",
      resolvedAt: null,
      reopenedCount: { increment: 1 },
      version: { increment: 1 },
    } as const;
    await tx.ticket.update({ where, data, select: { id: true } });
    return { id: latest.id, event: "STATUS_CHANGED" };
  }
  const { lastTicketNumber: number } = await tx.tenant.update({
    where: { id: tenantId },
    data: { lastTicketNumber: { increment: 1 } },
    select: { lastTicketNumber: true },
  });
  const id = newId();
  const subject = part.content.text?.slice(0, 120);
  await tx.ticket.create({
    data: { tenantId, id, number, conversationId, contactId, inboxId: inbox.id, channel: "WHATSAPP", subject },
    select: { id: true },
  });
  return { id, event: "TICKET_OPENED" };
}

async function applyStatus(tx: Tx, part: StatusPart): Promise<void> {
  const { tenantId, id: inboxId } = await findInbox(tx, part.account);
  const message = await tx.message.findUniqueOrThrow({
    where: { tenantId_inboxId_externalId: { tenantId, inboxId, externalId: part.externalId } },
    select: { id: true, status: true, conversationId: true, ticketId: true },
  });
  if (part.status === "PLAYED" || STATUS_ORDER.indexOf(part.status) <= STATUS_ORDER.indexOf(message.status)) return;
  const where = { tenantId_id: { tenantId, id: message.id } };
  await tx.message.update({ where, data: { status: part.status }, select: { id: true } });
  const { conversationId, ticketId, id: messageId } = message;
  const data = { status: part.status.toLowerCase(), at: part.occurredAt.toISOString() };
  const type = "MESSAGE_STATUS_CHANGED";
  await tx.event.create({
    data: { tenantId, actorType: "SYSTEM", type, conversationId, ticketId, messageId, data },
    select: { seq: true },
  });
}
