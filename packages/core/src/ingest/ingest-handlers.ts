import type { JobHandlers } from "@parley/queue";
import { createMicroBatch } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import type { ingestQueue } from "../webhooks/index.ts";
import { applyRawEvents } from "./apply-raw-events.ts";

/** Large batches share the cost of a commit; their bodies are bounded where they are read. */
const MAX_BATCH = 2_000;
/** A batch costs about as much for one event as for twenty: under a steady trickle this halves their number. */
const LINGER_MS = 10;

/**
 * Jobs that are under way at the same time share transactions: a flood of small webhooks is applied in the same
 * large batches as a few large ones. One batch at a time: a second one would mostly wait for the first one's
 * conversations, and meanwhile it grows.
 */
export function createIngestHandlers(ctx: SystemContext): JobHandlers<(typeof ingestQueue)["jobs"]> {
  const batch = createMicroBatch<string, void>({
    maxItems: MAX_BATCH,
    lingerMs: LINGER_MS,
    async run(ids) {
      await applyRawEvents(ctx, ids);
      return ids.map(() => undefined);
    },
  });
  return {
    async apply_raw_events({ rawEventIds }) {
      await Promise.all(rawEventIds.map((id) => batch.submit(id)));
    },
  };
}
