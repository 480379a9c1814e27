import { DomainError } from "@parley/runtime";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { setTimer } from "../timers/index.ts";
import { assertToCome } from "./assert-to-come.ts";
import { lockMessage } from "./lock-message.ts";
import { toMessageJson } from "./message-json.ts";
import type { MessageJson, RescheduleMessageInput } from "./schemas.ts";
import { sendTimer } from "./send-timer.ts";
import { readMessage } from "./show-message.ts";

/** Gives a message that is SCHEDULED another time. Any other is refused as `conflict`. */
export async function rescheduleMessage(
  ctx: RequestContext,
  input: RescheduleMessageInput & { id: string },
): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.send");
  const { id, sendAt } = input;
  assertToCome(sendAt, ctx.clock.now());
  return ctx.database.withTenant(tenantId, async (tx) => {
    const { message, conversation } = await lockMessage(tx, tenantId, id);
    const { status, conversationId, ticketId } = message;
    if (status !== "SCHEDULED") {
      throw new DomainError(
        "conflict",
        `Only a scheduled message can be given another time; this one is ${status.toLowerCase()}.`,
      );
    }
    await tx.message.update({
      where: { tenantId_id: { tenantId, id } },
      data: { scheduledFor: sendAt, occurredAt: sendAt, updatedAt: ctx.clock.now() },
    });
    await publishEvents(ctx, tx, [
      {
        tenantId,
        type: "MESSAGE_SCHEDULED",
        ...asEventActor(ctx.actor),
        contactId: conversation.contactId,
        conversationId,
        ticketId,
        messageId: id,
        data: { type: message.type, sendAt: sendAt.toISOString(), because: "rescheduled" },
      },
    ]);
    await setTimer(ctx, tx, sendTimer(message), sendAt);
    return toMessageJson(await readMessage(tx, tenantId, id));
  });
}
