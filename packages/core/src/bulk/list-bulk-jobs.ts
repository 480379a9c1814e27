import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toBulkJobJson } from "./bulk-job-json.ts";
import type { BulkJobJson, ListBulkJobsQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. Relies on bulk_job_pkey. */
export async function listBulkJobs(ctx: RequestContext, query: ListBulkJobsQuery): Promise<Page<BulkJobJson>> {
  const tenantId = authorize(ctx, "bulk.run");
  const { status, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.bulkJob.findMany({
      where: { tenantId, status, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (job) => [job.id]),
    toBulkJobJson,
  );
}
