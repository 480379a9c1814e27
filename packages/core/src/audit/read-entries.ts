import type { Prisma, Tx } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import { auditedFields, type AuditEntryJson, type AuditFilters } from "./schemas.ts";

export type AuditEntryRow = Prisma.AuditEntryModel;

/**
 * At most `take` entries that `filters` let through, newest first, from below the id `before`; ids are time-ordered.
 * Read by audit_log_pkey, or by the index of the filter: all of them end in the id.
 */
export function readEntries(
  tx: Tx,
  tenantId: string,
  filters: AuditFilters,
  page: { before: string | undefined; take: number },
): Promise<AuditEntryRow[]> {
  const { action, actorId, subjectType, subjectId, since, until } = filters;
  return tx.auditEntry.findMany({
    where: {
      tenantId,
      action,
      actorId,
      subjectType,
      subjectId,
      createdAt: { gte: since, lt: until },
      id: { lt: page.before },
    },
    orderBy: { id: "desc" },
    take: page.take,
  });
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
