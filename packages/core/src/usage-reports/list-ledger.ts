import { z } from "zod";
import { periodInput, toPeriodDate, toPeriodKey } from "../billing-periods/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { readLedger, toLedgerEntryJson } from "./read-ledger.ts";
import type { LedgerEntryJson, ListLedgerQuery } from "./schemas.ts";

const ledgerKey = z.tuple([
  periodInput,
  z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt),
]);

/** What was counted, one entry for each thing that costs; the newest first, by the month that it is charged in. */
export async function listLedger(ctx: RequestContext, query: ListLedgerQuery): Promise<Page<LedgerEntryJson>> {
  const tenantId = authorize(ctx, "billing.read");
  const { limit, cursor, ...filters } = query;
  const [period, id] = readCursor(cursor, ledgerKey) ?? [];
  const before = period === undefined || id === undefined ? undefined : { period: toPeriodDate(period), id };
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    readLedger(tx, tenantId, filters, { before, take: rowsToRead(limit) }),
  );
  return mapPage(
    cutPage(rows, limit, (row) => [toPeriodKey(row.period), row.id]),
    toLedgerEntryJson,
  );
}
