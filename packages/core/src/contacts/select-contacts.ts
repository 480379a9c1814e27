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

/** The first `limit` contacts that all of `filters` mean, newest first; after the one whose id is `before`. contact_pkey */
export function selectContacts(
  filters: readonly ContactFilter[],
  {
    tenantId,
    before,
    limit,
    withActivity,
  }: {
    tenantId: string;
    before: string | undefined;
    limit: number;
    withActivity: boolean;
  },
): Query<SelectedContact> {
  const values: unknown[] = [];
  const conditions = [contactCondition(values, filters, tenantId)];
  if (before !== undefined) conditions.push(`c.id < $${values.push(before)}::uuid`);
  const order = "order by c.id desc";
  return {
    statement: unnamed(
      `select ${CONTACT_COLUMNS}${withActivity ? `, ${ACTIVITY}` : ""}
         from (select c.* from contact c where ${conditions.join(" and ")}
                ${order} limit $${values.push(limit)}::int) c
        ${order}`,
    ),
    values,
  };
}

/** How many contacts all of `filters` mean, up to `most`. */
export function countContacts(
  filters: readonly ContactFilter[],
  { tenantId, most }: { tenantId: string; most: number },
): Query<{ count: number }> {
  const values: unknown[] = [];
  const condition = contactCondition(values, filters, tenantId);
  return {
    statement: unnamed(
      `select count(*)::int as count from (select from contact c where ${condition} limit $${values.push(most)}::int) c`,
    ),
    values,
  };
}
