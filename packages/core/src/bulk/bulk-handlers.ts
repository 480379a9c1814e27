import type { JobHandlers } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import type { bulkQueue } from "./bulk-queue.ts";
import { runChunk } from "./run-chunk.ts";

export function createBulkHandlers(ctx: SystemContext): JobHandlers<(typeof bulkQueue)["jobs"]> {
  return { run_chunk: (chunk) => runChunk(ctx, chunk) };
}
