import { defineJob, defineQueue, outboxRow, type OutboxRow } from "@parley/queue";
import { z } from "zod";

/** Files of attachments that are to be fetched from their channel. */
export const mediaQueue = defineQueue("media", {
  fetch_media: defineJob({
    payload: z.object({ tenantId: z.uuid(), attachmentId: z.uuid() }),
    jobId: ({ attachmentId }) => `media-${attachmentId}`,
    // Tries at the channel are counted on the attachment; these are for a database that is away.
    attempts: 10,
    backoff: { baseMs: 1_000, maxMs: 60_000 },
  }),
});

export interface AttachmentKey {
  tenantId: string;
  attachmentId: string;
}

/** The job that fetches a file. `cause` tells it apart from one that may still hold the plain id. */
export function fetchRow({ tenantId, attachmentId }: AttachmentKey, cause?: string): OutboxRow {
  return outboxRow(mediaQueue, "fetch_media", { tenantId, attachmentId }, cause);
}
