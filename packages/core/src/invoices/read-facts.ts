import { sqlOf, statement, type AnyTx, type UsageKind, type UsageMeter } from "@parley/db";
import type { InvoiceFacts } from "./compute-invoice.ts";
import { segmentsOf, type InvoicePeriod, type PlanTerms } from "./segments.ts";

interface PlanRow extends Omit<PlanTerms, "quotas"> {
  currency: string;
  tickets: number | null;
  aiActions: number | null;
  messages: number | null;
}

// tenant_billing_plan_tenant_id_valid_from_key: a tenant has few.
const READ_PLANS = statement<PlanRow>(
  "invoices_read_plans",
  `select plan, currency, valid_from as "validFrom", valid_to as "validTo", monthly_fee as "monthlyFee",
          ticket_monthly_quota as tickets, ai_action_monthly_quota as "aiActions", message_monthly_quota as messages,
          ticket_unit_price as "ticketUnitPrice", ai_action_unit_price as "aiActionUnitPrice",
          message_unit_price as "messageUnitPrice", auto_reply_unit_price as "autoReplyUnitPrice",
          campaign_recipient_unit_price as "campaignRecipientUnitPrice", token_thousand_price as "tokenThousandPrice",
          media_gigabyte_price as "mediaGigabytePrice"
     from tenant_billing_plan
    where tenant_id = $1 and valid_from < $3 and (valid_to is null or valid_to > $2)
    order by valid_from`,
);

// usage_event_pkey. What was known too late for its own period counts as of the first day of the one that it is in.
const SUM_USAGE = statement<{ kind: UsageKind; segment: number; quantity: string }>(
  "invoices_sum_usage",
  `select kind, greatest(width_bucket(occurred_at, $3::timestamptz[]), 1) - 1 as segment, sum(quantity)::text as quantity
     from usage_event
    where tenant_id = $1 and period = $2
    group by 1, 2`,
);

// usage_daily_pkey
const SUM_ROLL_UPS = statement<{ kind: UsageKind; segment: number; quantity: string }>(
  "invoices_sum_roll_ups",
  `select kind, 0 as segment, sum(quantity)::text as quantity
     from usage_daily where tenant_id = $1 and period = $2 group by kind`,
);

// quota_recharge_pkey
const READ_RECHARGES = statement<{ meter: UsageMeter; units: number; unitPrice: string; at: Date }>(
  "invoices_read_recharges",
  `select meter, units, unit_price as "unitPrice", created_at as at
     from quota_recharge where tenant_id = $1 and period = $2 order by number`,
);

/** A period, and its key. */
interface FactsPeriod extends InvoicePeriod {
  startsOn: Date;
}

/**
 * What an invoice of the period is made of, as it is in the database now. An invoice is made of the `ledger`; what only shows
 * how things stand may read `roll_ups` instead, which are far fewer, unless the plan changed within the period.
 */
export async function readInvoiceFacts(
  tx: AnyTx,
  tenantId: string,
  { startsOn, startsAt, endsAt }: FactsPeriod,
  from: "ledger" | "roll_ups",
): Promise<InvoiceFacts> {
  const period = { startsAt, endsAt };
  const sql = sqlOf(tx);
  const rows = await sql.rows(READ_PLANS, [tenantId, period.startsAt, period.endsAt]);
  const plans = rows.map(toTerms);
  const currency = rows.at(-1)?.currency;
  if (currency === undefined) throw new Error("a tenant has no plan in a period that it has");
  const starts = segmentsOf(period, plans).map((segment) => segment.startsAt);
  const usage =
    from === "roll_ups" && starts.length === 1
      ? await sql.rows(SUM_ROLL_UPS, [tenantId, startsOn])
      : await sql.rows(SUM_USAGE, [tenantId, startsOn, starts]);
  const recharges = await sql.rows(READ_RECHARGES, [tenantId, startsOn]);
  return {
    period,
    currency,
    plans,
    usage: usage.map(({ quantity, ...sum }) => ({ ...sum, quantity: BigInt(quantity) })),
    recharges: recharges.map((recharge) => ({ ...recharge, units: BigInt(recharge.units) })),
  };
}

function toTerms({ tickets, aiActions, messages, currency: _currency, ...terms }: PlanRow): PlanTerms {
  return {
    ...terms,
    quotas: { TICKETS: units(tickets), AI_ACTIONS: units(aiActions), MESSAGES: units(messages) },
  };
}

function units(quota: number | null): bigint | null {
  return quota === null ? null : BigInt(quota);
}
