import type { Bench } from "./bench.ts";
import { acceptBench } from "./accept/index.ts";
import { assignBench } from "./assign/index.ts";
import { authBench } from "./auth/index.ts";
import { billingBench } from "./billing/index.ts";
import { calendarBench } from "./calendar/index.ts";
import { e2eBench } from "./e2e/index.ts";
import { importBench } from "./import/index.ts";
import { ingestBench } from "./ingest/index.ts";
import { listsBench } from "./lists/index.ts";
import { loginBench } from "./login/index.ts";
import { rulesBench } from "./rules/index.ts";
import { sendBench } from "./send/index.ts";
import { slaBench } from "./sla/index.ts";
import { ticketsBench } from "./tickets/index.ts";
import { understandingBench } from "./understanding/index.ts";

/** In the order in which they run. */
export const benches: Record<string, Bench> = {
  accept: acceptBench,
  e2e: e2eBench,
  ingest: ingestBench,
  send: sendBench,
  assign: assignBench,
  rules: rulesBench,
  auth: authBench,
  login: loginBench,
  tickets: ticketsBench,
  lists: listsBench,
  understanding: understandingBench,
  calendar: calendarBench,
  sla: slaBench,
  billing: billingBench,
  import: importBench,
};
