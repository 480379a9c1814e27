import { HardLimitPolicy, TenantPlan } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, timeInput, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const priceJson = z.string().meta({ description: "Decimal.", example: "0.12" });
const quotaJson = z.int().nullable().meta({
  description: "For a calendar month; null: there is no limit, and every unit has its price.",
  example: 500,
});

const SAID = {
  softLimitPercent: "Of a quota: whoever runs the company is told.",
  hardLimitPercent: "Of a quota: hardLimitPolicy says what then.",
  hardLimitPolicy:
    '"auto_recharge": autoRechargeUnits are bought by themselves. "block_ai": rules and the assistant do nothing that counts once any hard limit is reached. "block_outbound": nothing is sent to customers once the limit of messages or that of tickets is reached. "overage": everything goes on, and what is beyond the quota has its price. What customers write is never refused.',
  autoRechargeUnits: "Each time, at the unit price of what ran out.",
  maxRechargesPerPeriod: "Of all kinds together; then whenExhausted says what.",
  whenExhausted: "What hardLimitPolicy is after the period's last recharge; only with auto_recharge.",
};

export const billingPlanJson = z
  .object({
    id: z.uuid(),
    plan: jsonEnum(TenantPlan),
    validFrom: timeJson,
    validTo: timeJson.nullable().meta({ description: "Not within; null: until further notice.", example: null }),
    currency: z.string().meta({ description: "ISO 4217", example: "EUR" }),
    monthlyFee: z.string().meta({ description: "Decimal; of a part of the month, a part.", example: "49" }),
    ticketMonthlyQuota: quotaJson,
    aiActionMonthlyQuota: quotaJson,
    messageMonthlyQuota: quotaJson,
    softLimitPercent: z.int().meta({ description: SAID.softLimitPercent, example: 80 }),
    hardLimitPercent: z.int().meta({ description: SAID.hardLimitPercent, example: 100 }),
    hardLimitPolicy: jsonEnum(HardLimitPolicy).meta({ description: SAID.hardLimitPolicy }),
    autoRechargeEnabled: z.boolean(),
    autoRechargeUnits: z.int().meta({ description: SAID.autoRechargeUnits, example: 100 }),
    maxRechargesPerPeriod: z.int().meta({ description: SAID.maxRechargesPerPeriod, example: 10 }),
    whenExhausted: jsonEnum(HardLimitPolicy).nullable().meta({ description: SAID.whenExhausted }),
    ticketUnitPrice: priceJson,
    aiActionUnitPrice: priceJson,
    messageUnitPrice: priceJson,
    autoReplyUnitPrice: priceJson,
    tokenThousandPrice: priceJson,
    campaignRecipientUnitPrice: priceJson,
    mediaGigabytePrice: priceJson,
  })
  .meta({ id: "BillingPlan" });
export type BillingPlanJson = z.infer<typeof billingPlanJson>;

export const listBillingPlansQuery = pageQuery;
export type ListBillingPlansQuery = z.output<typeof listBillingPlansQuery>;

const MAX_UNITS = 1_000_000_000;

const price = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, "must be a decimal number with at most six places")
  .meta({ description: "Decimal, up to six places.", example: "0.12" });
const quota = z.int().min(0).max(MAX_UNITS).nullable().meta({ description: "For a month; null: no limit." });
const policy = enumInput(HardLimitPolicy);
const currencies = new Set(Intl.supportedValuesOf("currency"));

export const changeBillingPlanInput = z
  .strictObject({
    plan: enumInput(TenantPlan).optional().meta({
      description:
        "The company's plan: what else is not given is as that plan has it, but for the currency, which stays. Takes effect at once.",
    }),
    validFrom: timeInput.optional().meta({ description: "From when on, to come; now unless given." }),
    currency: z
      .string()
      .refine((code) => currencies.has(code), "must be the code of a currency, such as EUR")
      .optional()
      .meta({ description: "ISO 4217; changes only with the beginning of a period.", example: "EUR" }),
    monthlyFee: price.optional(),
    ticketMonthlyQuota: quota.optional(),
    aiActionMonthlyQuota: quota.optional(),
    messageMonthlyQuota: quota.optional(),
    softLimitPercent: z.int().min(1).max(100).optional().meta({ description: SAID.softLimitPercent }),
    hardLimitPercent: z.int().min(1).max(1_000).optional().meta({ description: SAID.hardLimitPercent }),
    hardLimitPolicy: policy.optional().meta({ description: SAID.hardLimitPolicy }),
    autoRechargeEnabled: z.boolean().optional(),
    autoRechargeUnits: z.int().min(1).max(MAX_UNITS).optional().meta({ description: SAID.autoRechargeUnits }),
    maxRechargesPerPeriod: z.int().min(0).max(10_000).optional().meta({ description: SAID.maxRechargesPerPeriod }),
    whenExhausted: policy.nullable().optional().meta({ description: SAID.whenExhausted }),
    ticketUnitPrice: price.optional(),
    aiActionUnitPrice: price.optional(),
    messageUnitPrice: price.optional(),
    autoReplyUnitPrice: price.optional(),
    tokenThousandPrice: price.optional(),
    campaignRecipientUnitPrice: price.optional(),
    mediaGigabytePrice: price.optional(),
  })
  .meta({ id: "ChangeBillingPlan", example: { hardLimitPolicy: "overage", ticketMonthlyQuota: 1_000 } });
export type ChangeBillingPlanInput = z.output<typeof changeBillingPlanInput>;
