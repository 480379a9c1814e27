export { adoptTimeZones } from "./adopt-time-zones.ts";
export { exportReport } from "./export-report.ts";
export { createReportFollower } from "./follow-log.ts";
export { rebuildReports } from "./rebuild-reports.ts";
export { reportBacklog } from "./report-backlog.ts";
export { reportLoad } from "./report-load.ts";
export { reportMessages } from "./report-messages.ts";
export { reportResponses } from "./report-responses.ts";
export { reportSatisfaction } from "./report-satisfaction.ts";
export { reportTickets } from "./report-tickets.ts";
export {
  backlogReportJson,
  exportReportQuery,
  loadQuery,
  loadReportJson,
  messageReportJson,
  messageReportQuery,
  overviewJson,
  overviewQuery,
  responseReportJson,
  satisfactionReportJson,
  ticketReportJson,
  ticketReportQuery,
} from "./schemas.ts";
export { showOverview } from "./show-overview.ts";
