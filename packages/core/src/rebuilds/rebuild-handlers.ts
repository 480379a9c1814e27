import type { JobHandlers } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import type { rebuildQueue } from "./rebuild-queue.ts";
import { runRebuild } from "./run-rebuild.ts";

export function createRebuildHandlers(ctx: SystemContext): JobHandlers<(typeof rebuildQueue)["jobs"]> {
  return { go_on: (key) => runRebuild(ctx, key) };
}
