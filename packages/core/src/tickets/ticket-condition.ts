import type { SlaState, TicketStatus } from "@parley/db";
import { hasAttribute } from "../attributes/index.ts";
import { unreadCondition } from "../conversations/index.ts";
import type { TicketFilter } from "./ticket-filter.ts";
import { isUnfinished } from "./transitions.ts";

/** Whose tickets are meant, and who asks: null for a program, which is nobody's `me`. */
export interface TicketAsker {
  tenantId: string;
  me: string | null;
}

/** A search in a list means so many tickets, the newest, besides those of which it is the number or the order reference. */
const MOST_LISTED = 1_000;
/** Elsewhere it means all. */
const ALL_FOUND = 10_000_000;
const TICKET_NUMBER = /^#?(\d{1,15})$/;

/**
 * A condition on `ticket t` for the tickets that all of `filters` mean. Its values are added to `values`, which are
 * those of the statement, in the order of their placeholders.
 */
export function ticketCondition(values: unknown[], filters: readonly TicketFilter[], asker: TicketAsker): string {
  return [conditionButStatus(values, filters, asker, ALL_FOUND), ...filters.map(statusCondition)].join(" and ");
}

/** The same but for the statuses, which lists ask for one by one. */
export function conditionButStatus(
  values: unknown[],
  filters: readonly TicketFilter[],
  asker: TicketAsker,
  mostFound = MOST_LISTED,
): string {
  const tenant = `t.tenant_id = $${values.push(asker.tenantId)}::uuid`;
  return [tenant, ...filterConditions(values, filters, asker, mostFound)].join(" and ");
}

/** The same, of a ticket that is known to be of the asker's tenant. */
export function filterConditions(
  values: unknown[],
  filters: readonly TicketFilter[],
  { tenantId, me }: TicketAsker,
  mostFound = MOST_LISTED,
): string[] {
  const placeholderOf = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const tenant = (): string => placeholderOf(tenantId, "uuid");
  const myself = (): string => placeholderOf(me, "uuid");
  return filters.flatMap((filter) => conditionsOf(filter, placeholderOf, { tenant, myself, mostFound }));
}

type PlaceholderOf = (value: unknown, type: string) => string;

function conditionsOf(
  filter: TicketFilter,
  placeholderOf: PlaceholderOf,
  { tenant, myself, mostFound }: { tenant: () => string; myself: () => string; mostFound: number },
): string[] {
  const conditions: string[] = [];
  const { assigneeId, teamId, isSnoozed } = filter;
  const equal = (column: string, type: string, value: unknown): void => {
    if (value !== undefined) conditions.push(`t.${column} = ${placeholderOf(value, type)}`);
  };
  const oneOf = (column: string, type: string, some: readonly string[] | undefined): void => {
    if (some) conditions.push(`t.${column} = any(${placeholderOf(some, `${type}[]`)})`);
  };
  oneOf("priority", "ticket_priority", filter.priority);
  oneOf("channel", "channel", filter.channel);
  oneOf("inbox_id", "uuid", filter.inboxId);
  if (assigneeId === "me") conditions.push(`t.assignee_id = ${myself()}`);
  else if (assigneeId === "none") conditions.push("t.assignee_id is null");
  else equal("assignee_id", "uuid", assigneeId);
  if (teamId === "none") conditions.push("t.team_id is null");
  else equal("team_id", "uuid", teamId);
  equal("contact_id", "uuid", filter.contactId);
  equal("category", "text", filter.category);
  equal("order_ref", "text", filter.orderRef);
  // ticket_tagged_idx
  if (filter.tag) conditions.push(`t.tags @> ${placeholderOf(filter.tag, "text[]")} and t.tags <> '{}'`);
  for (const text of filter.attribute ?? []) conditions.push(hasAttribute("t.attributes", text, placeholderOf));
  if (filter.search !== undefined) {
    conditions.push(searchCondition(filter.search, placeholderOf, { tenant: tenant(), mostFound }));
  }
  if (isSnoozed !== undefined) conditions.push(`t.snoozed_at is ${isSnoozed ? "not null" : "null"}`);
  if (filter.slaState) conditions.push(slaCondition(filter.slaState, tenant));
  if (filter.unread !== undefined) conditions.push(`${filter.unread ? "" : "not "}${isUnread(myself())}`);
  // ticket_follower_tenant_id_user_id_idx
  if (filter.followedBy) {
    conditions.push(
      `t.id in (select f.ticket_id from ticket_follower f where f.tenant_id = ${tenant()} and f.user_id = ${myself()})`,
    );
  }
  // message_mention_tenant_id_user_id_message_id_idx, message_pkey
  if (filter.mentioning) {
    conditions.push(
      `t.id in (select m.ticket_id from message_mention n
                  join message m on m.tenant_id = n.tenant_id and m.id = n.message_id
                 where n.tenant_id = ${tenant()} and n.user_id = ${myself()})`,
    );
  }
  const { createdAfter, createdBefore, updatedAfter } = filter;
  if (createdAfter) conditions.push(`t.created_at >= ${placeholderOf(createdAfter, "timestamptz")}`);
  if (createdBefore) conditions.push(`t.created_at < ${placeholderOf(createdBefore, "timestamptz")}`);
  if (updatedAfter) conditions.push(`t.updated_at >= ${placeholderOf(updatedAfter, "timestamptz")}`);
  return conditions;
}

/** What needs somebody has an index of its own; what does not is looked up for each ticket: sla_ticket_pkey. */
function slaCondition(states: readonly SlaState[], tenant: () => string): string {
  const isCommon = states.some((state) => state === "NONE" || state === "ON_TRACK");
  const listed = states.map((state) => `'${state}'`);
  if (isCommon) {
    return `coalesce((select s.state from sla_ticket s where s.tenant_id = t.tenant_id and s.ticket_id = t.id), 'NONE')
            in (${listed.join(", ")})`;
  }
  const found = listed.map(
    (state) => `select s.ticket_id from sla_ticket s where s.tenant_id = ${tenant()} and s.state = ${state}`,
  );
  return `t.id in (${found.join(" union all ")})`;
}

/** search_document_terms_idx, ticket_order_ref_idx, ticket_tenant_id_number_key. Only in a transaction of the tenant's. */
function searchCondition(
  text: string,
  placeholderOf: PlaceholderOf,
  { tenant, mostFound }: { tenant: string; mostFound: number },
): string {
  const typed = placeholderOf(text, "text");
  const most = placeholderOf(mostFound, "int");
  const number = TICKET_NUMBER.exec(text)?.[1];
  const found = [
    `select f.id from search_texts('TICKET', ${typed}, true, null, null, null, null, null, null, ${most}) f`,
    `select o.id from ticket o where o.tenant_id = ${tenant} and o.order_ref = ${typed}`,
    ...(number === undefined
      ? []
      : [`select n.id from ticket n where n.tenant_id = ${tenant} and n.number = ${placeholderOf(number, "bigint")}`]),
  ];
  return `t.id in (${found.join(" union all ")})`;
}

/** conversation_pkey, contact_pkey */
function isUnread(me: string): string {
  return `exists (select from conversation c
                    join contact p on p.tenant_id = c.tenant_id and p.id = c.contact_id
                   where c.tenant_id = t.tenant_id and c.id = t.conversation_id and ${unreadCondition(me)})`;
}

function statusCondition({ status }: TicketFilter): string {
  return status === undefined ? "true" : statusIn(status);
}

/** Written out, because only so an index of these statuses is found. */
export function statusIn(statuses: readonly TicketStatus[]): string {
  if (statuses.length === 0) return "false";
  const listed = `t.status in (${statuses.map((status) => `'${status}'`).join(", ")})`;
  return statuses.every(isUnfinished) ? `${listed} and t.status not in ('RESOLVED', 'CLOSED')` : listed;
}
