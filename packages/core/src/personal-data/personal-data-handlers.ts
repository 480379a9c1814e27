import type { JobHandlers } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { buildExport } from "./build-export.ts";
import type { personalDataQueue } from "./personal-data-queue.ts";
import { runErasure } from "./run-erasure.ts";

export function createPersonalDataHandlers(ctx: SystemContext): JobHandlers<(typeof personalDataQueue)["jobs"]> {
  return {
    build_export: (key) => buildExport(ctx, key),
    erase_contact: (key) => runErasure(ctx, key),
  };
}
