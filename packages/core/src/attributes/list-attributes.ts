import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toAttributeJson } from "./attribute-json.ts";
import type { AttributeOwner } from "./attribute-owner.ts";
import { definitionsOf } from "./definition-rows.ts";
import type { AttributeJson, ListAttributesQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. */
export async function listAttributes(
  ctx: RequestContext,
  owner: AttributeOwner,
  query: ListAttributesQuery,
): Promise<Page<AttributeJson>> {
  const tenantId = authorize(ctx, owner.read);
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    definitionsOf(tx, owner).findMany({
      where: { tenantId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (attribute) => [attribute.id]),
    toAttributeJson,
  );
}
