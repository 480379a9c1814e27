import type { UsageKind } from "@parley/db";

/** The column of a plan that prices a kind, and how many units have that price. */
const PRICES: Readonly<Record<UsageKind, readonly [column: string, units: number]>> = {
  TICKET_OPENED: ["ticket_unit_price", 1],
  OUTBOUND_MESSAGE: ["message_unit_price", 1],
  AI_ACTION: ["ai_action_unit_price", 1],
  AUTO_REPLY: ["auto_reply_unit_price", 1],
  CAMPAIGN_RECIPIENT: ["campaign_recipient_unit_price", 1],
  TOKENS: ["token_thousand_price", 1_000],
  MEDIA_BYTES: ["media_gigabyte_price", 1_000_000_000],
};

/**
 * SQL of what one row `u` of the ledger costs by the plan `p`, without what the plan includes: rounded to nine places, so a
 * sum is the same whichever way it was added up.
 */
export const AMOUNT_OF_USAGE = `round(u.quantity * (case u.kind ${Object.entries(PRICES)
  .map(([kind, [column, units]]) => `when '${kind}' then p.${column}${units === 1 ? "" : ` / ${units}`}`)
  .join(" ")} end), 9)`;

/** SQL that joins the plan of its time to a row `u` of the ledger. tenant_billing_plan_tenant_id_valid_from_key */
export const JOIN_PLAN = `left join tenant_billing_plan p
       on p.tenant_id = u.tenant_id and p.valid_from <= u.occurred_at
      and (p.valid_to is null or p.valid_to > u.occurred_at)`;
