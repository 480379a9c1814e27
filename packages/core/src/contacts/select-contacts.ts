import { unnamed, type Statement } from "@parley/db";
import { contactCondition } from "./contact-condition.ts";
import type { ContactFilter } from "./contact-filter.ts";
import { CONTACT_COLUMNS, type ContactRow } from "./contact-row.ts";

/** How much there has been to do with a contact. Times are texts. */
export interface Activity {
  lastSeenAt: string | null;
  conversations: number;
  unfinishedTickets: number;
}

export interface SelectedContact extends ContactRow {
  activity?: Activity;
  /** How many contacts the search has found among which these are; null: nothing was searched for. */
  found: number | null;
}

/** A statement with its values. */
interface Query<Row> {
  statement: Statement<Row>;
  values: unknown[];
}

// conversation_tenant_id_contact_id_idx, ticket_tenant_id_contact_id_created_at_idx
const ACTIVITY = `(select json_build_object(
                            'lastSeenAt', max(v.last_inbound_at), 'conversations', count(*),
                            'unfinishedTickets', (select count(*) from ticket t
                                                   where t.tenant_id = c.tenant_id and t.contact_id = c.id
                                                     and t.status not in ('RESOLVED', 'CLOSED')))
                     from conversation v where v.tenant_id = c.tenant_id and v.contact_id = c.id) as activity`;

/** Of the tenant's contacts. `mostFound`: among how many, the newest, of those that a search means. */
interface Choice {
  tenantId: string;
  mostFound?: number | undefined;
}

/** The first `limit` contacts that all of `filters` mean, newest first; after the one whose id is `before`. contact_pkey */
export function selectContacts(
  filters: readonly ContactFilter[],
  {
    before,
    limit,
    withActivity,
    withErased = true,
    ...choice
  }: Choice & {
    before: string | undefined;
    limit: number;
    withActivity: boolean;
    withErased?: boolean;
  },
): Query<SelectedContact> {
  const values: unknown[] = [];
  const { begin, condition, found } = contactCondition(values, filters, choice);
  const conditions = [condition];
  if (before !== undefined) conditions.push(`c.id < $${values.push(before)}::uuid`);
  if (!withErased) conditions.push("c.erased_at is null");
  const order = "order by c.id desc";
  return {
    statement: unnamed(
      `${begin}select ${CONTACT_COLUMNS}${withActivity ? `, ${ACTIVITY}` : ""}, ${found} as found
         from (select c.* from contact c where ${conditions.join(" and ")}
                ${order} limit $${values.push(limit)}::int) c
        ${order}`,
    ),
    values,
  };
}

/** How many contacts all of `filters` mean, up to `most`, and how many the searches among them found. */
export function countContacts(
  filters: readonly ContactFilter[],
  { most, ...choice }: Choice & { most: number },
): Query<{ count: number; found: number | null }> {
  const values: unknown[] = [];
  const { begin, condition, found } = contactCondition(values, filters, choice);
  return {
    statement: unnamed(
      `${begin}select count(*)::int as count, ${found} as found
         from (select from contact c where ${condition} limit $${values.push(most)}::int) c`,
    ),
    values,
  };
}
