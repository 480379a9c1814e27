export { adoptTimeZones } from "./adopt-time-zones.ts";
export { exportReport } from "./export-report.ts";
export { createReportFollower } from "./follow-log.ts";
export { REPORT_STEPS, rebuildReports } from "./rebuild-reports.ts";
export { reportBacklog } from "./report-backlog.ts";
export { reportLoad } from "./report-load.ts";
export { reportMessages } from "./report-messages.ts";
export { reportResponses } from "./report-responses.ts";
export { reportSatisfaction } from "./report-satisfaction.ts";
export { reportTickets } from "./report-tickets.ts";
export {
  backlogReportJson,
  exportReportQuery,
  groupedReportQuery,
  loadReportJson,
  messageReportJson,
  overviewJson,
  overviewQuery,
  responseReportJson,
  satisfactionReportJson,
  ticketReportJson,
} from "./schemas.ts";
export { showOverview } from "./show-overview.ts";
