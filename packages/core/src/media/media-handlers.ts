import { statement } from "@parley/db";
import type { JobHandlers } from "@parley/queue";
import { createFairTurns } from "./fair-turns.ts";
import { fetchAttachment } from "./fetch-attachment.ts";
import type { MediaContext } from "./media-context.ts";
import type { mediaQueue } from "./media-queue.ts";

/** Files of one company that are fetched at once, in a process with room for twice as many. */
const OF_A_COMPANY = 2;

// message_attachment_pkey. Only what is due: a lease, or the pause after a try, is not cut short or drawn out.
const WAIT_FOR_TURN = statement(
  "media_wait_for_turn",
  `update message_attachment set next_fetch_at = $4
    where tenant_id = $1 and id = $2 and state = 'PENDING' and next_fetch_at <= $3`,
);

/** Fetches files; of each company a few at a time, so that one with many, or with slow ones, does not stop the others. */
export function createMediaHandlers(ctx: MediaContext): JobHandlers<(typeof mediaQueue)["jobs"]> {
  const turns = createFairTurns({ most: OF_A_COMPANY });
  return {
    async fetch_media(key) {
      const turn = turns.begin(key.tenantId);
      if ("end" in turn) return fetchAttachment(ctx, key).finally(() => turn.end());
      const now = ctx.clock.now();
      const runAgainAt = new Date(now.getTime() + Math.ceil(turn.waitMs));
      await ctx.database.system.run(WAIT_FOR_TURN, [key.tenantId, key.attachmentId, now, runAgainAt]);
      return { runAgainAt };
    },
  };
}
