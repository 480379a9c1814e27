import { authorize, type RequestContext } from "../context/index.ts";
import type { SlaProgressJson } from "./report-schemas.ts";

/** Whether tickets are judged by the rules that hold, or still being judged anew after a change. */
export async function showSlaProgress(ctx: RequestContext): Promise<SlaProgressJson> {
  const tenantId = authorize(ctx, "sla.read");
  const progress = await ctx.database.withTenant(tenantId, (tx) => tx.slaProgress.findUnique({ where: { tenantId } }));
  if (!progress) return { revision: 0, judged: 0, startedAt: null, finishedAt: null };
  const { revision, judged, startedAt, finishedAt } = progress;
  return {
    revision,
    judged,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
