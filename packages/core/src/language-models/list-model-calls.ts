import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toModelCallJson } from "./model-call-json.ts";
import type { ListModelCallsQuery, ModelCallJson } from "./schemas.ts";

/** What models were asked and what it cost, newest first; ids are time-ordered. Relies on ai_model_call_pkey. */
export async function listModelCalls(ctx: RequestContext, query: ListModelCallsQuery): Promise<Page<ModelCallJson>> {
  const tenantId = authorize(ctx, "ai_calls.read");
  const { task, outcome, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.aiModelCall.findMany({
      where: { tenantId, task, outcome, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (call) => [call.id]),
    toModelCallJson,
  );
}
