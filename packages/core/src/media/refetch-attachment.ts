import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { toAttachmentJson, type AttachmentJson } from "../messages/index.ts";
import { fetchRow } from "./media-queue.ts";
import { FETCHABLE_MS } from "./media-limits.ts";
import { noSuchAttachment } from "./open-attachment.ts";

/** Has a file that FAILED tried again. `conflict`: it is here, or on its way, or its channel has it no more. */
export async function refetchAttachment(
  ctx: RequestContext,
  { messageId, attachmentId }: { messageId: string; attachmentId: string },
): Promise<AttachmentJson> {
  const tenantId = authorize(ctx, "messages.send");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const now = ctx.clock.now();
      const attachment = await tx.messageAttachment.findFirst({
        where: { tenantId, id: attachmentId, messageId },
        include: { message: { select: { occurredAt: true } } },
      });
      if (!attachment) throw noSuchAttachment();
      if (attachment.state === "STORED") throw new DomainError("conflict", "This file is here already.");
      if (attachment.message.occurredAt.getTime() <= now.getTime() - FETCHABLE_MS) {
        throw new DomainError("conflict", "The channel keeps files for seven days, which are over.");
      }
      const { count } = await tx.messageAttachment.updateMany({
        where: { tenantId, id: attachmentId, state: "FAILED" },
        data: { state: "PENDING", failure: null, nextFetchAt: now },
      });
      if (count === 0) throw new DomainError("conflict", "This file is being fetched already; wait for its outcome.");
      // A job of the time before may still hold the plain id.
      await ctx.outbox.enqueue(tx, [fetchRow({ tenantId, attachmentId }, `again-${attachment.fetchAttempts}`)]);
      return toAttachmentJson(messageId, { ...attachment, state: "PENDING" });
    }),
  );
}
