import { authorize, type RequestContext } from "../context/index.ts";
import { toCsv, type CsvCell } from "../csv/index.ts";
import { readEntries, toAuditEntryJson, type AuditEntryRow } from "./read-entries.ts";
import { recordAudit } from "./record-audit.ts";
import type { AuditFilters } from "./schemas.ts";

/** So many rows are in memory at once. */
const CHUNK = 500;

const COLUMNS = [
  "id",
  "createdAt",
  "actorType",
  "actorId",
  "action",
  "subjectType",
  "subjectId",
  "before",
  "after",
  "address",
  "requestId",
];

/**
 * The audit log as CSV, newest first, piece by piece: each is read when the one before was taken, in a transaction of
 * its own, so a slow reader holds nothing. That it was exported is in the log before the first piece is given out.
 */
export async function exportAuditLog(ctx: RequestContext, filters: AuditFilters): Promise<AsyncIterable<string>> {
  const tenantId = authorize(ctx, "audit.read");
  await ctx.database.withTenant(tenantId, (tx) =>
    recordAudit(ctx, tx, tenantId, {
      action: "audit_log.exported",
      subject: { type: "audit_log", id: null },
      after: filters,
    }),
  );
  return readPieces(ctx, tenantId, filters);
}

async function* readPieces(ctx: RequestContext, tenantId: string, filters: AuditFilters): AsyncGenerator<string> {
  yield toCsv([COLUMNS]);
  let before: string | undefined;
  for (;;) {
    const page = { before, take: CHUNK };
    const rows = await ctx.database.withTenant(tenantId, (tx) => readEntries(tx, tenantId, filters, page));
    before = rows.at(-1)?.id;
    if (before === undefined) return;
    yield toCsv(rows.map(toCells));
  }
}

function toCells(row: AuditEntryRow): CsvCell[] {
  const { id, createdAt, actor, action, subject, before, after, address, requestId } = toAuditEntryJson(row);
  return [
    id,
    createdAt,
    actor.type,
    actor.id,
    action,
    subject.type,
    subject.id,
    before && JSON.stringify(before),
    after && JSON.stringify(after),
    address,
    requestId,
  ];
}
