import { defineJob, defineQueue } from "@parley/queue";
import { z } from "zod";
import { createSendDelays } from "./send-delays.ts";

/** Messages of ours on their way to a channel. */
export const outboundQueue = defineQueue("outbound", {
  send_message: defineJob({
    payload: z.object({ tenantId: z.uuid(), messageId: z.uuid(), inboxId: z.uuid(), conversationId: z.uuid() }),
    jobId: ({ messageId }) => `send-${messageId}`,
    // Tries at the provider are counted on the message; these are for a database or Redis that is away.
    attempts: 10,
    backoff: { baseMs: 200, maxMs: 10_000 },
    delays: createSendDelays,
  }),
});
