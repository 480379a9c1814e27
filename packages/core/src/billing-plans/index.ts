export { adoptPlans } from "./adopt-plans.ts";
export { changeBillingPlan } from "./change-billing-plan.ts";
export { followTenantPlan } from "./follow-tenant-plan.ts";
export { keepBilling } from "./keep-billing.ts";
export { listBillingPlans } from "./list-billing-plans.ts";
export { openPeriods } from "./open-periods.ts";
export {
  billingPlanJson,
  changeBillingPlanInput,
  listBillingPlansQuery,
  type BillingPlanJson,
  type ChangeBillingPlanInput,
  type ListBillingPlansQuery,
} from "./schemas.ts";
export { PRICE_LIST, USAGE_KINDS, type Prices } from "./price-list.ts";
export { showBillingPlan } from "./show-billing-plan.ts";
