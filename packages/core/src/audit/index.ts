export { auditQueueBoard } from "./audit-queue-board.ts";
export { exportAuditLog } from "./export-audit-log.ts";
export { listAuditLog } from "./list-audit-log.ts";
export { listPlatformAuditLog } from "./list-platform-audit-log.ts";
export {
  recordAudit,
  recordPlatformAudit,
  type AuditActor,
  type AuditContext,
  type AuditedChange,
} from "./record-audit.ts";
export {
  auditEntryJson,
  exportAuditLogQuery,
  listAuditLogQuery,
  type AuditEntryJson,
  type AuditFilters,
  type ListAuditLogQuery,
} from "./schemas.ts";
