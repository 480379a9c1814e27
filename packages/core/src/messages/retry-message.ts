import { Prisma, type MessageDirection, type MessageStatus } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { DomainError } from "@parley/runtime";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { takeUnits } from "../quotas/index.ts";
import { assertMayWriteTo } from "./may-write-to.ts";
import { toMessageJson } from "./message-json.ts";
import type { MessageJson, RetryMessageInput } from "./schemas.ts";
import { readMessage } from "./show-message.ts";

/**
 * Puts a message that failed back into the queue. One whose outcome is unknown may have arrived, so the agent has to
 * accept that it may arrive twice. Any other is refused as `conflict`; as `quota_exceeded` what the plan has no room for.
 */
export async function retryMessage(
  ctx: RequestContext,
  input: RetryMessageInput & { id: string },
): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.send");
  const { id, acceptDuplicate } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const message = await readMessage(tx, tenantId, id);
      assertRetryable(message, acceptDuplicate);
      const { conversationId, ticketId, inboxId, attempts, status } = message;
      const { contactId } = await tx.conversation.findUniqueOrThrow({
        where: { tenantId_id: { tenantId, id: conversationId } },
        select: { contactId: true },
      });
      await assertMayWriteTo(tx, { tenantId, contactId });
      const now = ctx.clock.now();
      // The provider's id goes with the attempt that it belongs to; the next attempt brings a new one.
      const { count } = await tx.message.updateMany({
        where: { tenantId, id, status },
        data: {
          status: "QUEUED",
          error: Prisma.DbNull,
          externalId: null,
          sentAt: null,
          failures: 0,
          slowDowns: 0,
          nextAttemptAt: null,
          updatedAt: now,
        },
      });
      if (count === 0) {
        throw new DomainError("conflict", "The message's status has just changed; read it again before retrying.");
      }
      const subjects = { tenantId, conversationId, ticketId, messageId: id };
      const because = { because: "retried", from: status.toLowerCase(), attempts };
      await publishEvents(ctx, tx, [
        { ...subjects, type: "MESSAGE_QUEUED", ...asEventActor(ctx.actor), data: because },
      ]);
      await takeUnits(ctx, tx, { tenantId, meter: "MESSAGES", units: 1, messageId: id, mayHold: true });
      const payload = { tenantId, messageId: id, inboxId, conversationId };
      await ctx.outbox.enqueue(tx, [outboxRow(outboundQueue, "send_message", payload, `retry-${attempts}`)]);
      return toMessageJson(await readMessage(tx, tenantId, id));
    }),
  );
}

function assertRetryable(
  message: { direction: MessageDirection; status: MessageStatus },
  acceptDuplicate: boolean,
): void {
  if (message.status === "FAILED" || (message.status === "UNKNOWN" && acceptDuplicate)) return;
  throw new DomainError("conflict", reasonAgainst(message));
}

function reasonAgainst({ direction, status }: { direction: MessageDirection; status: MessageStatus }): string {
  if (direction === "INBOUND") return "Only messages of ours can be sent again; this one was received.";
  if (status === "QUEUED" || status === "SENDING") return "The message is still on its way; wait for its outcome.";
  if (status === "UNKNOWN") {
    return "Nobody knows whether the message arrived; pass acceptDuplicate: true to send it even if it arrives twice.";
  }
  return `Only a failed message can be retried; this one is ${status.toLowerCase()}.`;
}
