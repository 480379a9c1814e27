import type { JobHandlers } from "@parley/queue";
import { createMicroBatch } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import type { ingestQueue } from "../webhooks/index.ts";
import { applyRawEvents } from "./apply-raw-events.ts";

/** Large batches share the cost of a commit; their bodies are bounded where they are claimed. */
const MAX_BATCH = 1_000;
/** One batch computes while the other waits for the database. */
const CONCURRENT_BATCHES = 2;

/**
 * Jobs that are under way at the same time share transactions: a flood of small webhooks is applied in the same
 * large batches as a few large ones.
 */
export function createIngestHandlers(ctx: SystemContext): JobHandlers<(typeof ingestQueue)["jobs"]> {
  const batch = createMicroBatch<string, void>({
    maxItems: MAX_BATCH,
    concurrency: CONCURRENT_BATCHES,
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
