import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { containsText } from "../search/index.ts";
import { toReadMacro } from "./macro-json.ts";
import type { ListMacrosQuery, MacroJson } from "./schemas.ts";

/** Newest first; ids are time-ordered. Relies on macro_pkey. */
export async function listMacros(ctx: RequestContext, query: ListMacrosQuery): Promise<Page<MacroJson>> {
  const tenantId = authorize(ctx, "macros.read");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.macro.findMany({
      where: {
        tenantId,
        ...(query.search === undefined ? {} : { name: containsText(query.search) }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (macro) => [macro.id]),
    (macro) => toReadMacro(macro).json,
  );
}
