export { recordAudit, type AuditedChange } from "./record-audit.ts";
