import { AMOUNT_OF_USAGE, JOIN_PLAN } from "./price-of-usage.ts";

/** In place of nobody and of none: a key has no nulls. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

const sumOf = (kind: string): string => `coalesce(sum(u.quantity) filter (where u.kind = '${kind}'), 0)::bigint`;

/** What a tenant used in a period: the columns of `tenant_quota_usage` that are sums of the ledger, in their order. */
export const QUOTA_SUMS = {
  tickets_count: sumOf("TICKET_OPENED"),
  ai_actions_count: sumOf("AI_ACTION"),
  messages_count: sumOf("OUTBOUND_MESSAGE"),
  auto_replies_count: sumOf("AUTO_REPLY"),
  campaign_recipients_count: sumOf("CAMPAIGN_RECIPIENT"),
  tokens_used: sumOf("TOKENS"),
  media_bytes: sumOf("MEDIA_BYTES"),
} as const;

/** What a ticket used in a period. Messages of people are those of members. */
export const TICKET_SUMS = {
  ai_actions_count: sumOf("AI_ACTION"),
  human_messages_count: `coalesce(sum(u.quantity) filter (where u.kind = 'OUTBOUND_MESSAGE' and u.agent_id is not null), 0)::bigint`,
  auto_reply_count: sumOf("AUTO_REPLY"),
  tokens_used: sumOf("TOKENS"),
  billable_units: `coalesce(sum(u.quantity) filter (where u.kind not in ('TOKENS', 'MEDIA_BYTES')), 0)::bigint`,
  calculated_amount: `coalesce(sum(${AMOUNT_OF_USAGE}), 0)`,
} as const;

/** A company may have as many campaigns as messages; the ledger has their names, and a day has one sum of all. */
const CATEGORY_OF_DAY = "case when u.kind = 'CAMPAIGN_RECIPIENT' then 'campaign' else coalesce(u.category, '') end";

/**
 * SQL of the three roll-ups of `usage`, a relation of rows of the ledger with the zone of their period (`time_zone`). Both
 * whoever follows the log and whoever computes everything anew use it, so they cannot differ.
 */
export function selectDaily(usage: string): string {
  return `select u.tenant_id, u.period, (u.occurred_at at time zone u.time_zone)::date as day, u.kind,
                 coalesce(u.channel::text, '') as channel, ${CATEGORY_OF_DAY} as category,
                 coalesce(u.agent_id, '${NOBODY}') as agent_id, coalesce(u.rule_id, '${NOBODY}') as rule_id,
                 sum(u.quantity)::bigint as quantity
            from ${usage} u
           group by 1, 2, 3, 4, 5, 6, 7, 8`;
}

export function selectTicketSums(usage: string): string {
  return `select u.tenant_id, u.ticket_id, u.period, ${columnsOf(TICKET_SUMS)}
            from ${usage} u ${JOIN_PLAN}
           where u.ticket_id is not null
           group by 1, 2, 3`;
}

export function selectQuotaSums(usage: string): string {
  return `select u.tenant_id, u.period, ${columnsOf(QUOTA_SUMS)} from ${usage} u group by 1, 2`;
}

/** "a, b" */
export function namesOf(sums: Readonly<Record<string, string>>): string {
  return Object.keys(sums).join(", ");
}

/** "a = m.a + excluded.a, …" */
export function additionsOf(sums: Readonly<Record<string, string>>): string {
  return Object.keys(sums)
    .map((column) => `${column} = r.${column} + excluded.${column}`)
    .join(", ");
}

function columnsOf(sums: Readonly<Record<string, string>>): string {
  return Object.entries(sums)
    .map(([column, sum]) => `${sum} as ${column}`)
    .join(", ");
}
