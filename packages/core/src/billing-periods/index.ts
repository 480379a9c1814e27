export { billingPeriodJson, listBillingPeriods, listBillingPeriodsQuery, periodCursor } from "./list-periods.ts";
export { noSuchPeriod, periodInput, periodJson, spanJson, toPeriodDate, toPeriodKey } from "./period-key.ts";
