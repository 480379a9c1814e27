import { authorize, type RequestContext } from "../context/index.ts";
import { readBulkJob, toBulkJobJson } from "./bulk-job-json.ts";
import type { BulkJobJson } from "./schemas.ts";

export async function showBulkJob(ctx: RequestContext, { id }: { id: string }): Promise<BulkJobJson> {
  const tenantId = authorize(ctx, "bulk.run");
  return ctx.database.withTenant(tenantId, async (tx) => toBulkJobJson(await readBulkJob(tx, tenantId, id)));
}
