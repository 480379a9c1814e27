import type { RebuildTarget } from "@parley/db";
import { createReportFollower, REPORT_STEPS } from "../analytics/index.ts";
import type { SystemContext } from "../context/index.ts";
import type { RebuildStep } from "../rebuild-steps/index.ts";
import { INDEX_STEPS } from "../search/index.ts";
import { rebuildRollUps } from "../usage/index.ts";

/** How something is computed anew. */
export interface RebuildPlan {
  steps: readonly RebuildStep[];
  /** Done after each part, on behalf of whoever cannot go on while one is taken. */
  letOthersGoOn?: (ctx: SystemContext) => Promise<unknown>;
  /** Instead of steps: in one go, in a transaction of its own. */
  atOnce?: (ctx: SystemContext, tenantId: string) => Promise<void>;
}

export const REBUILD_PLANS: Readonly<Record<RebuildTarget, RebuildPlan>> = {
  SEARCH: { steps: INDEX_STEPS },
  REPORTS: { steps: REPORT_STEPS, letOthersGoOn: (ctx) => createReportFollower(ctx).follow() },
  USAGE: { steps: [], atOnce: rebuildRollUps },
};

/** What the step of a rebuild is called that has none. */
const AT_ONCE = "at_once";

export function firstStep(target: RebuildTarget): string {
  return REBUILD_PLANS[target].steps[0]?.name ?? AT_ONCE;
}
