import { hasAttribute } from "../attributes/index.ts";
import { foundContacts } from "../search/index.ts";
import type { ContactFilter } from "./contact-filter.ts";

/** A search means so many contacts at most, the newest. */
export const MOST_FOUND = 10_000;

interface ContactCondition {
  /** What stands in front of the statement: what is searched for is looked up once. */
  begin: string;
  condition: string;
  /** How many contacts each search has found; of several the most. Null without any. */
  found: string;
}

/**
 * A condition on `contact c` for the contacts of a tenant that all of `filters` mean. Its values are added to `values`,
 * which are those of the statement, in the order of their placeholders.
 */
export function contactCondition(
  values: unknown[],
  filters: readonly ContactFilter[],
  { tenantId, mostFound = MOST_FOUND }: { tenantId: string; mostFound?: number | undefined },
): ContactCondition {
  const placeholderOf = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const conditions = [
    `c.tenant_id = ${placeholderOf(tenantId, "uuid")}`,
    ...filters.flatMap((filter) => conditionsOf(filter, placeholderOf)),
  ];
  const searches = filters
    .flatMap(({ search }) => search ?? [])
    .map((typed, index) => {
      const name = `found_${index}`;
      conditions.push(`c.id in (select ${name}.id from ${name})`);
      return { name, query: foundContacts(typed, placeholderOf, mostFound) };
    });
  const all = searches.map(({ name, query }) => `${name} as materialized (${query})`);
  const counts = searches.map(({ name }) => `(select count(*)::int from ${name})`);
  return {
    begin: all.length === 0 ? "" : `with ${all.join(", ")} `,
    condition: conditions.join(" and "),
    found: counts.length === 0 ? "null::int" : `greatest(${counts.join(", ")})`,
  };
}

type PlaceholderOf = (value: unknown, type: string) => string;

function conditionsOf(filter: ContactFilter, placeholderOf: PlaceholderOf): string[] {
  const conditions: string[] = [];
  // contact_tagged_idx
  if (filter.tag) conditions.push(`c.tags @> ${placeholderOf(filter.tag, "text[]")} and c.tags <> '{}'`);
  // contact_attributed_idx
  for (const text of filter.attribute ?? []) {
    conditions.push(`${hasAttribute("c.attributes", text, placeholderOf)} and c.attributes <> '{}'`);
  }
  if (filter.identifierType) {
    const types = placeholderOf(filter.identifierType, "identifier_type[]");
    conditions.push(hasIdentifier(`k.type = any(${types})`));
  }
  if (filter.inboxId) conditions.push(hasConversation(`v.inbox_id = any(${placeholderOf(filter.inboxId, "uuid[]")})`));
  if (filter.channel) conditions.push(onChannel(placeholderOf(filter.channel, "channel[]")));
  const { createdAfter, createdBefore, lastSeenAfter, lastSeenBefore } = filter;
  if (createdAfter) conditions.push(`c.created_at >= ${placeholderOf(createdAfter, "timestamptz")}`);
  if (createdBefore) conditions.push(`c.created_at < ${placeholderOf(createdBefore, "timestamptz")}`);
  if (lastSeenAfter) {
    conditions.push(hasConversation(`v.last_inbound_at >= ${placeholderOf(lastSeenAfter, "timestamptz")}`));
  }
  if (lastSeenBefore) {
    const late = hasConversation(`v.last_inbound_at >= ${placeholderOf(lastSeenBefore, "timestamptz")}`);
    conditions.push(hasConversation("v.last_inbound_at is not null"), `not ${late}`);
  }
  // contact_blocked_idx
  if (filter.isBlocked !== undefined) conditions.push(`c.blocked_at is ${filter.isBlocked ? "not null" : "null"}`);
  if (filter.hasOpenTicket !== undefined) conditions.push(`${filter.hasOpenTicket ? "" : "not "}${HAS_OPEN_TICKET}`);
  if (filter.hasConversation !== undefined) {
    conditions.push(`${filter.hasConversation ? "" : "not "}${hasConversation("true")}`);
  }
  return conditions;
}

// ticket_tenant_id_contact_id_created_at_idx
const HAS_OPEN_TICKET = `exists (select from ticket t
                                  where t.tenant_id = c.tenant_id and t.contact_id = c.id
                                    and t.status not in ('RESOLVED', 'CLOSED'))`;

/** contact_identifier_tenant_id_contact_id_idx */
function hasIdentifier(condition: string): string {
  return `exists (select from contact_identifier k
                   where k.tenant_id = c.tenant_id and k.contact_id = c.id and (${condition}))`;
}

/** conversation_tenant_id_contact_id_idx */
function hasConversation(condition: string): string {
  return `exists (select from conversation v where v.tenant_id = c.tenant_id and v.contact_id = c.id and ${condition})`;
}

/** The same, and inbox_pkey. */
function onChannel(channels: string): string {
  return `exists (select from conversation v
                    join inbox i on i.tenant_id = v.tenant_id and i.id = v.inbox_id
                   where v.tenant_id = c.tenant_id and v.contact_id = c.id and i.channel = any(${channels}))`;
}
