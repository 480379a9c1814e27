import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import {
  buildContact,
  buildConversation,
  buildInbox,
  buildMessage,
  buildRawEvent,
  buildTicket,
  type BuiltConversation,
} from "@parley/testing";
import type { People } from "./seed-people.fixture.ts";
import { newTexts, type Things } from "./things.fixture.ts";

const HOUR_MS = 3_600_000;

type Conversations = Pick<
  Things,
  "inbox" | "contact" | "conversation" | "message" | "inbound" | "attachment" | "ticket" | "rawEvent"
>;

/** Two conversations, each with an inbox, a contact, a ticket and messages of both directions, and what arrived for them. */
export async function seedConversations(context: TestContext, people: People): Promise<Conversations> {
  // The newer one, which lists show first, is the one that is spoken of.
  await seedConversation(context, { ...people, phone: newTexts().phone });
  return seedConversation(context, people);
}

async function seedConversation(context: TestContext, people: People): Promise<Conversations> {
  const { tenant: tenantId, canary, member } = people;
  const inbox = await seedInbox(context, people);
  const contact = await seedContact(context, people);
  const conversation = await buildConversation(context, {
    tenantId,
    inboxId: inbox,
    contactId: contact,
    externalThreadId: canary,
    assigneeId: member,
    teamId: people.team,
    tags: [canary],
  });
  const { id: ticketId } = await buildTicket(context, conversation, {
    subject: `Subject ${canary}`,
    category: canary,
    sentiment: canary,
    tags: [canary],
    orderRef: canary,
    assigneeId: member,
    teamId: people.team,
  });
  const inbound = await seedInbound(context, conversation, ticketId, canary);
  const attachment = await seedAttachments(context, { tenantId, messageId: inbound, canary });
  const message = await seedOutbound(context, conversation, ticketId, people);
  await context.database.withSystem(async (tx) => {
    await tx.conversation.update({
      where: { tenantId_id: { tenantId, id: conversation.id } },
      data: { lastMessageId: message },
    });
    await tx.satisfactionSurvey.create({
      data: {
        tenantId,
        ticketId,
        conversationId: conversation.id,
        messageId: message,
        answerId: inbound,
        state: "ANSWERED",
        score: 5,
        askedAt: new Date(),
        answeredAt: new Date(),
        expiresAt: new Date(),
      },
    });
    const subjects = { tenantId, conversationId: conversation.id, ticketId, contactId: contact };
    // As old as can be: a timeline ends before the oldest transaction that is open anywhere on the server.
    const event = { ...subjects, txid: 1n, actorType: "CUSTOMER", actorId: contact, data: { canary } } as const;
    await tx.event.createMany({
      data: [
        { ...event, type: "TICKET_OPENED" },
        { ...event, type: "MESSAGE_RECEIVED", messageId: inbound },
      ],
    });
  });
  await seedWriting(context, people, { conversation: conversation.id, ticket: ticketId, message });
  const rawEvent = await seedRawEvent(context, { tenantId, inboxId: inbox, canary });
  return { inbox, contact, conversation: conversation.id, ticket: ticketId, inbound, attachment, message, rawEvent };
}

async function seedInbox(context: TestContext, { tenant: tenantId, canary }: People): Promise<string> {
  const { id } = await buildInbox(context, {
    tenantId,
    name: `Inbox ${canary}`,
    externalId: `${canary}-${newId()}`,
    config: { wabaId: canary, displayPhoneNumber: canary },
    credentials: { accessToken: canary, appSecret: canary, verifyToken: canary },
    pausedReason: `Because of ${canary}`,
  });
  return id;
}

async function seedContact(context: TestContext, { tenant: tenantId, canary, phone }: People): Promise<string> {
  const { id } = await buildContact(context, {
    tenantId,
    name: `Customer ${canary}`,
    tags: [canary],
    metadata: { canary },
    identifiers: [
      { type: "WHATSAPP", value: phone, isPrimary: true },
      { type: "EMAIL", value: `${newId()}.${canary}@customers.example` },
    ],
  });
  return id;
}

async function seedInbound(
  context: TestContext,
  conversation: BuiltConversation,
  ticketId: string,
  canary: string,
): Promise<string> {
  const { id: messageId } = await buildMessage(context, conversation, {
    ticketId,
    content: { text: `Hello from ${canary}` },
    externalId: `${canary}-${newId()}`,
    replyToExternalId: canary,
  });
  return messageId;
}

/** A file of a message, and one that is being tried again. */
async function seedAttachments(
  context: TestContext,
  { tenantId, messageId, canary }: { tenantId: string; messageId: string; canary: string },
): Promise<string> {
  const id = newId();
  const file = { kind: "IMAGE", mimeType: `image/${canary}`, fileName: `${canary}.png`, sha256: canary } as const;
  const bytes = new Uint8Array(Buffer.from(`Bytes of ${canary}`));
  await context.database.withSystem(async (tx) => {
    const own = { tenantId, messageId, ...file, providerMediaId: canary };
    const stored = { state: "STORED", size: bytes.length, nextFetchAt: null } as const;
    await tx.messageAttachment.create({ data: { ...own, id, ...stored } });
    await tx.mediaChunk.create({ data: { tenantId, attachmentId: id, position: 0, bytes } });
    await tx.messageAttachment.create({ data: { ...own, id: newId(), failure: canary } });
  });
  return id;
}

/** One that failed twice. */
async function seedOutbound(
  context: TestContext,
  conversation: BuiltConversation,
  ticketId: string,
  { canary, member }: People,
): Promise<string> {
  const { tenantId } = conversation;
  const error = { code: canary, title: canary, detail: canary, retryable: true };
  const { id: messageId } = await buildMessage(context, conversation, {
    direction: "OUTBOUND",
    status: "FAILED",
    senderId: member,
    ticketId,
    content: { text: `Answer of ${canary}` },
    externalId: `${canary}-${newId()}`,
    campaign: canary,
    campaignRecipientId: newId(),
    error,
    attempts: 2,
  });
  await context.database.withSystem((tx) =>
    tx.outboundAttempt.createMany({
      data: [1, 2].map((number) => ({
        tenantId,
        id: newId(),
        messageId,
        number,
        state: "REFUSED" as const,
        externalId: canary,
        httpStatus: 400,
        error,
        requestedAt: new Date(),
      })),
    }),
  );
  return messageId;
}

/** Who is named and who follows, what the owner has begun to write, and what is put off. */
async function seedWriting(
  context: TestContext,
  { tenant: tenantId, owner, member, canary }: People,
  at: Pick<Things, "conversation" | "ticket" | "message">,
): Promise<void> {
  const { conversation: conversationId, ticket: ticketId, message: messageId } = at;
  await context.database.withSystem(async (tx) => {
    await tx.conversationRead.create({ data: { tenantId, userId: owner, conversationId, readAt: new Date() } });
    await tx.messageMention.create({ data: { tenantId, messageId, userId: owner } });
    await tx.ticketFollower.createMany({ data: [owner, member].map((userId) => ({ tenantId, ticketId, userId })) });
    const draft = { body: `Draft of ${canary}`, replyToId: messageId, updatedAt: new Date() };
    await tx.draft.create({ data: { tenantId, userId: owner, conversationId, ...draft } });
    const dueAt = new Date(Date.now() + HOUR_MS);
    await tx.timer.create({
      data: { tenantId, kind: "send_scheduled", subjectId: messageId, dueAt, cause: { rules: [], canary } },
    });
  });
}

async function seedRawEvent(
  context: TestContext,
  { tenantId, inboxId, canary }: { tenantId: string; inboxId: string; canary: string },
): Promise<string> {
  const { id } = await buildRawEvent(context, {
    tenantId,
    inboxId,
    source: `inbox of ${canary}`,
    body: JSON.stringify({ canary, id: newId() }),
    status: "QUARANTINED",
    reason: canary,
    ignoredParts: { [canary]: 1 },
  });
  return id;
}
