import type { Prisma, Tx } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import { auditedFields, type AuditEntryJson, type AuditFilters } from "./schemas.ts";

/** An entry of a tenant's log, or of the platform's. */
export type AuditEntryRow = Prisma.PlatformAuditEntryModel;

interface EntriesPage {
  /** An id; ids are time-ordered. */
  before: string | undefined;
  take: number;
}

/**
 * At most `take` entries that `filters` let through, newest first, from below the id `before`.
 * Read by audit_log_pkey, or by the index of the filter: all of them end in the id.
 */
export function readEntries(
  tx: Tx,
  tenantId: string,
  filters: AuditFilters,
  page: EntriesPage,
): Promise<AuditEntryRow[]> {
  return tx.auditEntry.findMany({
    where: { tenantId, ...conditions(filters, page) },
    orderBy: { id: "desc" },
    take: page.take,
  });
}

/** The same of the platform's log. Read by platform_audit_log_pkey, or by the index of the filter. */
export function readPlatformEntries(tx: Tx, filters: AuditFilters, page: EntriesPage): Promise<AuditEntryRow[]> {
  return tx.platformAuditEntry.findMany({
    where: conditions(filters, page),
    orderBy: { id: "desc" },
    take: page.take,
  });
}

function conditions(
  { action, actorId, subjectType, subjectId, since, until }: AuditFilters,
  { before }: EntriesPage,
): Prisma.PlatformAuditEntryWhereInput & Prisma.AuditEntryWhereInput {
  return { action, actorId, subjectType, subjectId, createdAt: { gte: since, lt: until }, id: { lt: before } };
}

const storedFields = auditedFields.nullable().catch(null);

export function toAuditEntryJson(entry: AuditEntryRow): AuditEntryJson {
  const { id, action, address, requestId } = entry;
  return {
    id,
    actor: { type: toJsonEnum(entry.actorType), id: entry.actorId },
    action,
    subject: { type: entry.subjectType, id: entry.subjectId },
    before: storedFields.parse(entry.before),
    after: storedFields.parse(entry.after),
    address,
    requestId,
    createdAt: entry.createdAt.toISOString(),
  };
}
