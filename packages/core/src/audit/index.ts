export { exportAuditLog } from "./export-audit-log.ts";
export { listAuditLog } from "./list-audit-log.ts";
export { recordAudit, type AuditActor, type AuditContext, type AuditedChange } from "./record-audit.ts";
export {
  auditEntryJson,
  exportAuditLogQuery,
  listAuditLogQuery,
  type AuditEntryJson,
  type AuditFilters,
  type ListAuditLogQuery,
} from "./schemas.ts";
