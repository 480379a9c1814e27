import { drillAutomation } from "./automation/drill-automation.ts";
import { drillBilling } from "./billing/drill-billing.ts";
import type { Drill } from "./drill-options.ts";
import { drillSend } from "./send/drill-send.ts";
import { drillSla } from "./sla/drill-sla.ts";
import { drillWebhook } from "./webhook/drill-webhook.ts";

export type { Drill } from "./drill-options.ts";

/** By the name that `npm run drill -- NAME` takes. */
export const drills: Record<string, Drill> = {
  webhook: drillWebhook,
  send: drillSend,
  automation: drillAutomation,
  sla: drillSla,
  billing: drillBilling,
};
