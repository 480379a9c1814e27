import { together, type Prisma, type SenderType, type Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import { asEventActor, asSender, type Actor, type RequestContext, type SystemContext } from "../context/index.ts";
import { markRead, type LockedConversation } from "../conversations/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { supersedeDrafts } from "../pending-drafts/index.ts";
import { takeUnits } from "../quotas/index.ts";
import { findTicketOfNewMessages } from "../tickets/index.ts";
import { setTimer } from "../timers/index.ts";
import { campaignRecipientId } from "./campaign.ts";
import { assertMayWriteTo } from "./may-write-to.ts";
import { markAnswered } from "./mark-answered.ts";
import { toMessageJson } from "./message-json.ts";
import { recordMentions } from "./record-mentions.ts";
import { sendTimer } from "./send-timer.ts";
import type { MessageJson } from "./schemas.ts";
import { enqueueSend, findTurn } from "./turn.ts";

export interface MessageDraft {
  text: string;
  isInternal: boolean;
  replyToExternalId?: string | undefined;
  /** Default: the ticket of the conversation that is being worked on, if there is one. */
  ticketId?: string | undefined;
  /** Of a note: whom it names. */
  mentions?: readonly string[] | undefined;
  /** Not of a note: a time to come, at which it is queued. */
  sendAt?: Date | undefined;
  /** Not of a note: for how long it can certainly be taken back. */
  undoSeconds?: number | undefined;
  /** It was its sender's draft, which they get back when it is cancelled. */
  fromDraft?: boolean | undefined;
  /** Not of a note: the campaign that it is part of. */
  campaign?: string | undefined;
}

/** On whose behalf a message is written: for the message itself, and for the log. */
export interface MessageAuthor {
  sender: { senderType: SenderType; senderId: string | null };
  actor: Pick<NewEvent, "actorType" | "actorId">;
  /** Whether what they write answers the customer: it is the first response, and whoever writes it has read. */
  answers: boolean;
}

/** What nobody has asked for, such as a survey. It is no answer to what the customer wrote. */
export const SYSTEM_AUTHOR: MessageAuthor = {
  sender: { senderType: "SYSTEM", senderId: null },
  actor: { actorType: "SYSTEM" },
  answers: false,
};

/** What rules write by themselves: an answer of the company like any other. */
export const AI_AUTHOR: MessageAuthor = {
  sender: { senderType: "AI", senderId: null },
  actor: { actorType: "AI" },
  answers: true,
};

export function asAuthor(actor: Actor): MessageAuthor {
  return { sender: asSender(actor), actor: asEventActor(actor), answers: true };
}

/** `appendMessageAs` on behalf of whoever acts. */
export function appendMessage(
  ctx: RequestContext,
  tx: Tx,
  conversation: LockedConversation,
  draft: MessageDraft,
): Promise<MessageJson> {
  return appendMessageAs(ctx, tx, conversation, draft, asAuthor(ctx.actor));
}

/**
 * Writes a message at the end of `conversation`, whose lock the caller holds: the message, its event, the state of
 * conversation and ticket and, unless it is a note, the job that sends it. A note is at once what it will ever be: SENT.
 * What is to be sent later is SCHEDULED and changes nothing yet but for its timer. Refuses as `forbidden` what is no
 * note while the tenant may not send, or to a contact who is blocked; as `quota_exceeded` what its plan has no room for;
 * as `validation_failed` mentions of strangers.
 */
export async function appendMessageAs(
  ctx: SystemContext,
  tx: Tx,
  conversation: LockedConversation,
  draft: MessageDraft,
  author: MessageAuthor,
): Promise<MessageJson> {
  const { tenantId, id: conversationId, inboxId } = conversation;
  const { isInternal, sendAt } = draft;
  const { answers } = author;
  if (!isInternal) await assertMayWriteTo(tx, conversation);
  const ticketId = draft.ticketId ?? (await findTicketOfNewMessages(tx, { tenantId, conversationId }))?.id ?? null;
  const now = ctx.clock.now();
  const turn = await findTurn(tx, conversation, now);
  const occurredAt = sendAt ?? turn.occurredAt;
  const message = await tx.message.create({
    data: {
      tenantId,
      id: newId(),
      conversationId,
      ticketId,
      inboxId,
      direction: "OUTBOUND",
      type: "text",
      ...author.sender,
      content: { text: draft.text },
      replyToExternalId: draft.replyToExternalId,
      isInternal,
      answeredCount: answers && !isInternal && !sendAt ? conversation.unreadCount : null,
      fromDraft: draft.fromDraft,
      ...campaignOf(draft, conversation),
      occurredAt,
      createdAt: now,
      updatedAt: now,
      ...stateOf(draft, now),
    },
  });
  const mentions = await recordMentions(ctx, tx, message, draft.mentions ?? [], author.actor);
  await publishEvents(ctx, tx, [
    {
      tenantId,
      ...author.actor,
      contactId: conversation.contactId,
      conversationId,
      ticketId,
      messageId: message.id,
      ...occasionOf(draft, message.type, mentions, answers),
    },
  ]);
  if (sendAt) {
    await setTimer(ctx, tx, sendTimer(message), sendAt);
  } else if (!isInternal) {
    await markAnswered(tx, conversation, {
      messageId: message.id,
      occurredAt,
      ticketId,
      now,
      isRead: answers,
      isResponse: answers,
    });
    if (answers && author.actor.actorId !== undefined) await markRead(tx, conversation, author.actor.actorId, now);
    await together([
      // What drafts would have answered is answered.
      answers ? supersedeDrafts(tx, [{ tenantId, conversationId }], "answered") : undefined,
      // Last, because others of the tenant wait behind it until the commit.
      takeUnits(ctx, tx, { tenantId, meter: "MESSAGES", units: 1, messageId: message.id }),
      enqueueSend(ctx, tx, { tenantId, messageId: message.id, inboxId, conversationId }, turn),
    ]);
  }
  return toMessageJson({ ...message, attachments: [], mentions: mentions.map((userId) => ({ userId })) });
}

type CampaignColumns = Pick<Prisma.MessageUncheckedCreateInput, "campaign" | "campaignRecipientId">;

function campaignOf({ campaign }: MessageDraft, { tenantId, contactId }: LockedConversation): CampaignColumns {
  if (campaign === undefined) return {};
  return { campaign, campaignRecipientId: campaignRecipientId({ tenantId, contactId, campaign }) };
}

type State = Pick<Prisma.MessageUncheckedCreateInput, "status" | "sentAt" | "scheduledFor" | "nextAttemptAt">;

function stateOf({ isInternal, sendAt, undoSeconds = 0 }: MessageDraft, now: Date): State {
  if (isInternal) return { status: "SENT", sentAt: now };
  if (sendAt) return { status: "SCHEDULED", scheduledFor: sendAt };
  if (undoSeconds > 0) return { status: "QUEUED", nextAttemptAt: new Date(now.getTime() + undoSeconds * 1_000) };
  return { status: "QUEUED" };
}

function occasionOf(
  { isInternal, sendAt }: MessageDraft,
  type: string,
  mentions: readonly string[],
  answers: boolean,
): Pick<NewEvent, "type" | "data"> {
  if (isInternal) return { type: "NOTE_ADDED", data: { type, ...(mentions.length > 0 && { mentions }) } };
  if (sendAt) return { type: "MESSAGE_SCHEDULED", data: { type, sendAt: sendAt.toISOString() } };
  return { type: "MESSAGE_QUEUED", data: { type, ...(!answers && { isAnswer: false }) } };
}
