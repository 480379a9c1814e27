import { PRICE_LIST } from "../billing-plans/index.ts";

/**
 * SQL of what one row `u` of the ledger costs by the plan `p`, without what the plan includes: rounded to nine places, so a
 * sum is the same whichever way it was added up.
 */
export const AMOUNT_OF_USAGE = `round(u.quantity * (case u.kind ${Object.entries(PRICE_LIST)
  .map(
    ([kind, { price, unitSize }]) =>
      `when '${kind}' then p.${columnOf(price)}${unitSize === 1n ? "" : ` / ${unitSize}`}`,
  )
  .join(" ")} end), 9)`;

/** SQL that joins the plan of its time to a row `u` of the ledger. tenant_billing_plan_tenant_id_valid_from_key */
export const JOIN_PLAN = `left join tenant_billing_plan p
       on p.tenant_id = u.tenant_id and p.valid_from <= u.occurred_at
      and (p.valid_to is null or p.valid_to > u.occurred_at)`;

function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
