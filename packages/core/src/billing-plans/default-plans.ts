import type { HardLimitPolicy, TenantPlan } from "@parley/db";

/** What a plan costs and allows, apart from when. Money and prices are decimal text; prices have up to six places. */
export interface PlanTerms {
  /** ISO 4217 */
  currency: string;
  monthlyFee: string;
  /** For a month; null: no limit, and every unit has its price. */
  ticketMonthlyQuota: number | null;
  aiActionMonthlyQuota: number | null;
  messageMonthlyQuota: number | null;
  softLimitPercent: number;
  hardLimitPercent: number;
  hardLimitPolicy: HardLimitPolicy;
  autoRechargeEnabled: boolean;
  autoRechargeUnits: number;
  maxRechargesPerPeriod: number;
  whenExhausted: HardLimitPolicy | null;
  ticketUnitPrice: string;
  aiActionUnitPrice: string;
  messageUnitPrice: string;
  autoReplyUnitPrice: string;
  tokenThousandPrice: string;
  campaignRecipientUnitPrice: string;
  mediaGigabytePrice: string;
}

const FREE: PlanTerms = {
  currency: "EUR",
  monthlyFee: "0",
  ticketMonthlyQuota: null,
  aiActionMonthlyQuota: null,
  messageMonthlyQuota: null,
  softLimitPercent: 80,
  hardLimitPercent: 100,
  hardLimitPolicy: "OVERAGE",
  autoRechargeEnabled: false,
  autoRechargeUnits: 100,
  maxRechargesPerPeriod: 0,
  whenExhausted: null,
  ticketUnitPrice: "0",
  aiActionUnitPrice: "0",
  messageUnitPrice: "0",
  autoReplyUnitPrice: "0",
  tokenThousandPrice: "0",
  campaignRecipientUnitPrice: "0",
  mediaGigabytePrice: "0",
};

/** What a company has unless something else was agreed with it. */
export const DEFAULT_PLANS: Readonly<Record<TenantPlan, PlanTerms>> = {
  DEV: FREE,
  STARTER: {
    ...FREE,
    monthlyFee: "49",
    ticketMonthlyQuota: 500,
    aiActionMonthlyQuota: 1_000,
    hardLimitPolicy: "BLOCK_AI",
    ticketUnitPrice: "0.12",
    aiActionUnitPrice: "0.02",
    autoReplyUnitPrice: "0.01",
    tokenThousandPrice: "0.004",
    campaignRecipientUnitPrice: "0.015",
    mediaGigabytePrice: "0.25",
  },
  PRO: {
    ...FREE,
    monthlyFee: "199",
    ticketMonthlyQuota: 3_000,
    aiActionMonthlyQuota: 10_000,
    hardLimitPolicy: "AUTO_RECHARGE",
    autoRechargeEnabled: true,
    maxRechargesPerPeriod: 10,
    whenExhausted: "BLOCK_AI",
    ticketUnitPrice: "0.09",
    aiActionUnitPrice: "0.015",
    autoReplyUnitPrice: "0.0075",
    tokenThousandPrice: "0.003",
    campaignRecipientUnitPrice: "0.012",
    mediaGigabytePrice: "0.2",
  },
  ENTERPRISE: {
    ...FREE,
    monthlyFee: "990",
    ticketMonthlyQuota: 25_000,
    aiActionMonthlyQuota: 100_000,
    ticketUnitPrice: "0.06",
    aiActionUnitPrice: "0.01",
    autoReplyUnitPrice: "0.005",
    tokenThousandPrice: "0.002",
    campaignRecipientUnitPrice: "0.01",
    mediaGigabytePrice: "0.15",
  },
};

/** The same for a company that has another plan so far: a period is charged in one currency, so what it pays in stays. */
export function defaultTerms(plan: TenantPlan, currency: string = DEFAULT_PLANS[plan].currency): PlanTerms {
  return { ...DEFAULT_PLANS[plan], currency };
}
