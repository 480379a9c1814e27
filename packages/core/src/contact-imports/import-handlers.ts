import type { JobHandlers } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import type { contactImportQueue } from "./import-queue.ts";
import { runPart } from "./run-part.ts";

export function createContactImportHandlers(ctx: SystemContext): JobHandlers<(typeof contactImportQueue)["jobs"]> {
  return { run_part: (part) => runPart(ctx, part) };
}
