import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { TicketRow } from "./ticket-row.ts";

/** What a ticket has of these is people's own words, or says who somebody is. */
const PERSONAL_FIELDS = ["subject", "orderRef"] as const;

// ticket_value_change_pkey. Of several changes in one transaction: how it was before the first and is after the last.
const NOTE = statement(
  "ticket_note_values",
  `insert into ticket_value_change as c (tenant_id, ticket_id, old_values, new_values, created_at)
   values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, txid, ticket_id)
       do update set old_values = excluded.old_values || c.old_values, new_values = c.new_values || excluded.new_values`,
);

/** By field, attributes as `attributes.floor`; null: it had, or has, none. */
type Values = Record<string, unknown>;

/**
 * Notes what a change that the log only names made of what is personal, so that rules can be asked about it. It goes with
 * the ticket, and after a while by itself: the log keeps nothing of it.
 */
export async function noteValues(tx: AnyTx, before: TicketRow, after: TicketRow, at: Date): Promise<void> {
  const [old, fresh]: [Values, Values] = [personalIn(before), personalIn(after)];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter(
    (field) => (old[field] ?? null) !== (fresh[field] ?? null),
  );
  if (changed.length === 0) return;
  const { tenantId, id } = before;
  await sqlOf(tx).run(NOTE, [
    tenantId,
    id,
    JSON.stringify(only(old, changed)),
    JSON.stringify(only(fresh, changed)),
    at,
  ]);
}

/** Attributes hold no values but texts, numbers and booleans. */
function personalIn(ticket: TicketRow): Values {
  const attributes = Object.entries(ticket.attributes ?? {}).map(
    ([key, value]) => [`attributes.${key}`, value] as const,
  );
  return Object.fromEntries([...PERSONAL_FIELDS.map((field) => [field, ticket[field]] as const), ...attributes]);
}

function only(values: Values, fields: readonly string[]): Values {
  return Object.fromEntries(fields.map((field) => [field, values[field] ?? null]));
}
