export { exportLedger } from "./export-ledger.ts";
export { listLedger } from "./list-ledger.ts";
export { reportUsage } from "./report-usage.ts";
export {
  exportLedgerQuery,
  ledgerEntryJson,
  listLedgerQuery,
  ticketUsageJson,
  usageQuery,
  usageReportJson,
} from "./schemas.ts";
export { showTicketUsage } from "./show-ticket-usage.ts";
