import type { Prisma } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { PlanTerms } from "./default-plans.ts";
import type { BillingPlanJson } from "./schemas.ts";

export type PlanRow = Prisma.TenantBillingPlanGetPayload<object>;

export function toPlanJson(row: PlanRow): BillingPlanJson {
  const { hardLimitPolicy, whenExhausted, ...terms } = termsOf(row);
  return {
    id: row.id,
    plan: toJsonEnum(row.plan),
    validFrom: row.validFrom.toISOString(),
    validTo: row.validTo?.toISOString() ?? null,
    ...terms,
    hardLimitPolicy: toJsonEnum(hardLimitPolicy),
    whenExhausted: whenExhausted && toJsonEnum(whenExhausted),
  };
}

/** What the row says, apart from when. */
export function termsOf(row: PlanRow): PlanTerms {
  const { currency, ticketMonthlyQuota, aiActionMonthlyQuota, messageMonthlyQuota } = row;
  const { softLimitPercent, hardLimitPercent, hardLimitPolicy, whenExhausted } = row;
  const { autoRechargeEnabled, autoRechargeUnits, maxRechargesPerPeriod } = row;
  return {
    currency,
    monthlyFee: row.monthlyFee.toFixed(),
    ticketMonthlyQuota,
    aiActionMonthlyQuota,
    messageMonthlyQuota,
    softLimitPercent,
    hardLimitPercent,
    hardLimitPolicy,
    autoRechargeEnabled,
    autoRechargeUnits,
    maxRechargesPerPeriod,
    whenExhausted,
    ticketUnitPrice: row.ticketUnitPrice.toFixed(),
    aiActionUnitPrice: row.aiActionUnitPrice.toFixed(),
    messageUnitPrice: row.messageUnitPrice.toFixed(),
    autoReplyUnitPrice: row.autoReplyUnitPrice.toFixed(),
    tokenThousandPrice: row.tokenThousandPrice.toFixed(),
    campaignRecipientUnitPrice: row.campaignRecipientUnitPrice.toFixed(),
    mediaGigabytePrice: row.mediaGigabytePrice.toFixed(),
  };
}
