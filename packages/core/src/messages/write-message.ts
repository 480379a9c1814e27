import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { assertAllowed, requireUser, type RequestContext } from "../context/index.ts";
import type { LockedConversation } from "../conversations/index.ts";
import { applyTicketChange, asChanger, lockTicket } from "../tickets/index.ts";
import { appendMessage } from "./append-message.ts";
import { assertToCome } from "./assert-to-come.ts";
import { findAnswered } from "./find-answered.ts";
import type { MessageJson, WritingInput } from "./schemas.ts";

/**
 * Appends what an agent has written, and does what they want done with it: the ticket's next status and the end of
 * their draft, in the same transaction.
 */
export async function writeMessage(
  ctx: RequestContext,
  tx: Tx,
  conversation: LockedConversation,
  input: WritingInput & { text: string; ticketId?: string; campaign?: string | undefined },
): Promise<MessageJson> {
  const { thenStatus, fromDraft, replyToMessageId, ...draft } = input;
  if (thenStatus !== undefined) assertAllowed(ctx.actor, "tickets.change");
  if (draft.sendAt) assertToCome(draft.sendAt, ctx.clock.now());
  const replyToExternalId = await findAnswered(tx, conversation, replyToMessageId);
  const message = await appendMessage(ctx, tx, conversation, { ...draft, fromDraft, replyToExternalId });
  if (thenStatus !== undefined) await moveTicket(ctx, tx, { ...message, tenantId: conversation.tenantId }, thenStatus);
  if (fromDraft === true) {
    const { tenantId, id: conversationId } = conversation;
    await tx.draft.deleteMany({ where: { tenantId, userId: requireUser(ctx), conversationId } });
  }
  return message;
}

async function moveTicket(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, ticketId }: Pick<MessageJson, "ticketId"> & { tenantId: string },
  status: NonNullable<WritingInput["thenStatus"]>,
): Promise<void> {
  if (ticketId === null) {
    const message = "is for a conversation with a ticket that is being worked on; open one first";
    throw new DomainError("validation_failed", `thenStatus ${message}.`, { fields: [{ path: "thenStatus", message }] });
  }
  await applyTicketChange(ctx, tx, await lockTicket(tx, tenantId, ticketId), { status }, asChanger(ctx.actor));
}
