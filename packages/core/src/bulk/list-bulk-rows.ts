import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, numberKey, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { bulkRowInclude, readBulkJob, toBulkRowJson } from "./bulk-job-json.ts";
import type { BulkRowJson, ListBulkRowsQuery } from "./schemas.ts";

/** What became of each ticket of a job, in the order of their turns. Relies on bulk_row_pkey. */
export async function listBulkRows(
  ctx: RequestContext,
  query: ListBulkRowsQuery & { jobId: string },
): Promise<Page<BulkRowJson>> {
  const tenantId = authorize(ctx, "bulk.run");
  const { jobId, state, limit } = query;
  const [after] = readCursor(query.cursor, numberKey) ?? [];
  return ctx.database.withTenant(tenantId, async (tx) => {
    await readBulkJob(tx, tenantId, jobId);
    const rows = await tx.bulkRow.findMany({
      where: { tenantId, jobId, state, position: { gt: after } },
      include: bulkRowInclude,
      orderBy: { position: "asc" },
      take: rowsToRead(limit),
    });
    return mapPage(
      cutPage(rows, limit, (row) => [row.position]),
      toBulkRowJson,
    );
  });
}
