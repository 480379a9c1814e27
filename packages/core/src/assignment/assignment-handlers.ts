import type { JobHandlers } from "@parley/queue";
import { handleByTenant, type SystemContext } from "../context/index.ts";
import { assignWaiting } from "./assign-waiting.ts";
import { assignmentQueue } from "./assignment-queue.ts";
import { shareRuns } from "./share-runs.ts";

/** Assigns what waits in a tenant. Calls for one tenant that come together share a run. */
export type Assign = (tenantId: string) => Promise<void>;

export function createAssign(ctx: SystemContext): Assign {
  return shareRuns((tenantId) => assignWaiting(ctx, tenantId));
}

/** What happened matters less than that something did: a run looks at all that waits. */
export function createAssignmentHandlers(
  ctx: SystemContext,
  assign: Assign,
): JobHandlers<(typeof assignmentQueue)["jobs"]> {
  return handleByTenant(ctx, assignmentQueue, ({ tenantId }) => assign(tenantId));
}
