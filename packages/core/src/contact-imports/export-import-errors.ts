import { z } from "zod";
import { authorize, type RequestContext } from "../context/index.ts";
import { toCsv } from "../csv/index.ts";
import { readContactImport } from "./import-json.ts";
import { importColumns } from "./import-field.ts";

/** So many rows are in memory at once. */
const PAGE = 500;
const cellsIn = z.array(z.string());

/**
 * The rows of an import that were not taken, as CSV: their number, why, and their cells under the file's own header, so
 * that they can be put right and sent again as they are. Piece by piece, each when the one before was taken.
 */
export async function exportImportErrors(ctx: RequestContext, { id }: { id: string }): Promise<AsyncIterable<string>> {
  const tenantId = authorize(ctx, "contacts.import");
  const { columns } = await ctx.database.withTenant(tenantId, (tx) => readContactImport(tx, tenantId, id));
  const headers = importColumns.parse(columns).map(({ header }) => header);
  return readPieces(ctx, { tenantId, importId: id }, headers);
}

async function* readPieces(
  ctx: RequestContext,
  { tenantId, importId }: { tenantId: string; importId: string },
  headers: readonly string[],
): AsyncGenerator<string> {
  yield toCsv([[...headers, "row", "error"]]);
  let after = 0;
  for (;;) {
    // contact_import_error_pkey
    const rows = await ctx.database.withTenant(tenantId, (tx) =>
      tx.contactImportError.findMany({
        where: { tenantId, importId, row: { gt: after } },
        orderBy: { row: "asc" },
        take: PAGE,
      }),
    );
    const last = rows.at(-1);
    if (!last) return;
    after = last.row;
    yield toCsv(
      rows.map(({ row, reason, cells }) => {
        const given = cellsIn.parse(cells);
        // Those that a row has too many go behind, so that all others stand under their names.
        const under = headers.map((_header, index) => given[index] ?? null);
        return [...under, row, reason, ...given.slice(headers.length)];
      }),
    );
  }
}
