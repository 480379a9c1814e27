import type { Message, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { wakeNextAfterCommit } from "../outbound-queue/index.ts";
import { cancelTimer } from "../timers/index.ts";
import { giveBackDraft } from "./give-back-draft.ts";
import { lockMessage } from "./lock-message.ts";
import { takeBackAnswer } from "./mark-answered.ts";
import { toMessageJson } from "./message-json.ts";
import type { MessageJson } from "./schemas.ts";
import { sendTimer } from "./send-timer.ts";
import { readMessage } from "./show-message.ts";

/**
 * Takes back a message that is scheduled, or queued and not claimed by a worker yet. The message's row decides: whoever
 * claims it sees that it is cancelled, or is seen here. Its job finds nothing to do then. What it made of conversation and
 * ticket is taken back, but not the status that its `thenStatus` asked for; a draft that it came from is there again.
 * Refuses as `conflict` what is being sent, was sent, or may have been.
 */
export async function cancelMessage(ctx: RequestContext, { id }: { id: string }): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.send");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const { message, conversation } = await lockMessage(tx, tenantId, id);
      await assertCancellable(tx, message);
      const { conversationId, ticketId, status } = message;
      const now = ctx.clock.now();
      const wasScheduled = status === "SCHEDULED";
      await tx.message.update({
        where: { tenantId_id: { tenantId, id } },
        data: {
          status: "CANCELLED",
          nextAttemptAt: null,
          updatedAt: now,
          // Its place at the time that was planned is free again.
          ...(wasScheduled && { occurredAt: now }),
        },
      });
      if (!wasScheduled) await takeBackAnswer(tx, conversation, message, now);
      await giveBackDraft(tx, message, now);
      await publishEvents(ctx, tx, [
        {
          tenantId,
          type: "MESSAGE_CANCELLED",
          ...asEventActor(ctx.actor),
          contactId: conversation.contactId,
          conversationId,
          ticketId,
          messageId: id,
          data: { from: status.toLowerCase() },
        },
      ]);
      await cancelTimer(tx, sendTimer(message));
      if (!wasScheduled) wakeNextAfterCommit(ctx, tx, [{ tenantId, conversationId, messageId: id }]);
      return toMessageJson(await readMessage(tx, tenantId, id));
    }),
  );
}

async function assertCancellable(tx: Tx, message: Message): Promise<void> {
  const reason = reasonAgainst(message) ?? (await findEarlierAttempt(tx, message));
  if (reason !== undefined) throw new DomainError("conflict", reason);
}

function reasonAgainst({ direction, isInternal, status }: Message): string | undefined {
  if (direction === "INBOUND") return "Only messages of ours can be cancelled; this one was received.";
  if (isInternal) return "A note is there as soon as it is written; there is nothing to cancel.";
  switch (status) {
    case "SCHEDULED":
    case "QUEUED":
      return undefined;
    case "SENDING":
      return "It is too late: the message is already being sent.";
    case "CANCELLED":
      return "The message was cancelled before.";
    case "FAILED":
      return "The message has failed, so nothing will be sent.";
    case "UNKNOWN":
      return "It is too late: the message may have been sent.";
    case "RECEIVED":
    case "SENT":
    case "DELIVERED":
    case "READ":
    case "PLAYED":
      return "It is too late: the message was sent.";
  }
}

/** A message that is to be sent again may have arrived already; cancelled would say that it did not. */
async function findEarlierAttempt(tx: Tx, { tenantId, id }: Message): Promise<string | undefined> {
  const attempt = await tx.outboundAttempt.findFirst({
    where: { tenantId, messageId: id, state: { notIn: ["REFUSED", "NOT_SENT"] } },
    select: { id: true },
  });
  return attempt ? "It is too late: an earlier attempt at sending the message may have succeeded." : undefined;
}
