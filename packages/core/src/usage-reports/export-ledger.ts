import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { toCsv, type CsvCell } from "../csv/index.ts";
import { readLedger, toLedgerEntryJson, type LedgerPlace } from "./read-ledger.ts";
import type { LedgerEntryJson, LedgerFilters } from "./schemas.ts";

/** So many rows are in memory at once. */
const CHUNK = 1_000;

const COLUMNS = [
  "period",
  "kind",
  "cause",
  "quantity",
  "occurredAt",
  "ticketId",
  "channel",
  "category",
  "agentId",
  "ruleId",
] as const satisfies (keyof LedgerEntryJson)[];

/**
 * The ledger as CSV, newest first, piece by piece: each is read when the one before was taken, in a transaction of its
 * own. That it was exported is in the audit log before the first piece is given out.
 */
export async function exportLedger(ctx: RequestContext, filters: LedgerFilters): Promise<AsyncIterable<string>> {
  const tenantId = authorize(ctx, "billing.read");
  await ctx.database.withTenant(tenantId, (tx) =>
    recordAudit(ctx, tx, tenantId, {
      action: "billing_ledger.exported",
      subject: { type: "billing_ledger", id: null },
      after: filters,
    }),
  );
  return readPieces(ctx, tenantId, filters);
}

async function* readPieces(ctx: RequestContext, tenantId: string, filters: LedgerFilters): AsyncGenerator<string> {
  yield toCsv([[...COLUMNS]]);
  let before: LedgerPlace | undefined;
  for (;;) {
    const page = { before, take: CHUNK };
    const rows = await ctx.database.withTenant(tenantId, (tx) => readLedger(tx, tenantId, filters, page));
    if (rows.length > 0) yield toCsv(rows.map(toLedgerEntryJson).map(toCells));
    before = rows.at(-1);
    if (rows.length < CHUNK) return;
  }
}

function toCells(entry: LedgerEntryJson): CsvCell[] {
  return COLUMNS.map((column) => entry[column]);
}
