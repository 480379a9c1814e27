import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toApiKeyJson } from "./api-key-json.ts";
import type { ApiKeyJson, ListApiKeysQuery } from "./schemas.ts";

/** Newest first, with those that expired or were revoked. */
export async function listApiKeys(ctx: RequestContext, query: ListApiKeysQuery): Promise<Page<ApiKeyJson>> {
  const tenantId = authorize(ctx, "api_keys.manage");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.apiKey.findMany({
      where: { tenantId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (apiKey) => [apiKey.id]),
    toApiKeyJson,
  );
}
