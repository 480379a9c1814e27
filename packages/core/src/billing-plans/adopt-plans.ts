import { statement, type Sql, type TenantPlan } from "@parley/db";
import { DEFAULT_PLANS } from "./default-plans.ts";

// tenant_billing_plan_tenant_id_valid_from_key. A plan is valid since there is the tenant.
const ADOPT = statement(
  "billing_plans_adopt",
  `insert into tenant_billing_plan as p
     (tenant_id, id, valid_from, plan, currency, monthly_fee, ticket_monthly_quota, ai_action_monthly_quota,
      message_monthly_quota, soft_limit_percent, hard_limit_percent, hard_limit_policy, auto_recharge_enabled,
      auto_recharge_units, max_recharges_per_period, when_exhausted, ticket_unit_price, ai_action_unit_price,
      message_unit_price, auto_reply_unit_price, token_thousand_price, campaign_recipient_unit_price,
      media_gigabyte_price, created_at)
   select t.id, gen_random_uuid(), least(t.created_at, $3), t.plan, d."currency", d."monthlyFee", d."ticketMonthlyQuota",
          d."aiActionMonthlyQuota", d."messageMonthlyQuota", d."softLimitPercent", d."hardLimitPercent",
          d."hardLimitPolicy", d."autoRechargeEnabled", d."autoRechargeUnits", d."maxRechargesPerPeriod",
          d."whenExhausted", d."ticketUnitPrice", d."aiActionUnitPrice", d."messageUnitPrice", d."autoReplyUnitPrice",
          d."tokenThousandPrice", d."campaignRecipientUnitPrice", d."mediaGigabytePrice", $3
     from tenant t
     join jsonb_to_recordset($1::jsonb)
          as d ("plan" tenant_plan, "currency" text, "monthlyFee" numeric, "ticketMonthlyQuota" int,
                "aiActionMonthlyQuota" int, "messageMonthlyQuota" int, "softLimitPercent" int, "hardLimitPercent" int,
                "hardLimitPolicy" hard_limit_policy, "autoRechargeEnabled" boolean, "autoRechargeUnits" int,
                "maxRechargesPerPeriod" int, "whenExhausted" hard_limit_policy, "ticketUnitPrice" numeric,
                "aiActionUnitPrice" numeric, "messageUnitPrice" numeric, "autoReplyUnitPrice" numeric,
                "tokenThousandPrice" numeric, "campaignRecipientUnitPrice" numeric, "mediaGigabytePrice" numeric)
       on d."plan" = t.plan
    where ($2::uuid[] is null or t.id = any($2))
      and not exists (select from tenant_billing_plan p where p.tenant_id = t.id)
       on conflict do nothing`,
);

const TABLE = JSON.stringify(
  Object.entries(DEFAULT_PLANS).map(([plan, terms]) => ({ plan: plan as TenantPlan, ...terms })),
);

/**
 * Gives what companies have by default to those of `tenantIds` (null: of all) that have no plan yet: new ones, and those
 * that were there before there were plans. Returns how many that were.
 */
export function adoptPlans(sql: Sql, tenantIds: readonly string[] | null, now: Date): Promise<number> {
  return sql.run(ADOPT, [TABLE, tenantIds, now]);
}
