import { none, type Check } from "../harness/comparison.ts";
import type { Reader } from "../harness/reader.ts";

/** Sums of the ledger as it is, beside what was added up on the way: rows that are in one only, or differ. */
const DIFFERENCES: Record<string, string> = {
  "sums by company": `
    select coalesce(l.tenant_id, u.tenant_id)::text as key
      from (select tenant_id, period,
                   coalesce(sum(quantity) filter (where kind = 'TICKET_OPENED'), 0) as tickets,
                   coalesce(sum(quantity) filter (where kind = 'OUTBOUND_MESSAGE'), 0) as messages,
                   coalesce(sum(quantity) filter (where kind = 'AI_ACTION'), 0) as actions,
                   coalesce(sum(quantity) filter (where kind = 'AUTO_REPLY'), 0) as replies
              from usage_event group by 1, 2) l
      full join tenant_quota_usage u on u.tenant_id = l.tenant_id and u.period = l.period
     where (l.tickets, l.messages, l.actions, l.replies)
           is distinct from (u.tickets_count, u.messages_count, u.ai_actions_count, u.auto_replies_count)`,
  "recharges by company": `
    select coalesce(l.tenant_id, u.tenant_id)::text as key
      from (select tenant_id, period, count(*) as recharges from quota_recharge group by 1, 2) l
      full join tenant_quota_usage u on u.tenant_id = l.tenant_id and u.period = l.period
     where coalesce(l.recharges, 0) <> coalesce(u.auto_recharges, 0)`,
  "sums by day": `
    select concat_ws(' ', l.tenant_id, u.tenant_id, l.kind, u.kind) as key
      from (select tenant_id, period, kind, sum(quantity) as quantity from usage_event group by 1, 2, 3) l
      full join (select tenant_id, period, kind, sum(quantity) as quantity from usage_daily group by 1, 2, 3) u
        on u.tenant_id = l.tenant_id and u.period = l.period and u.kind = l.kind
     where l.quantity is distinct from u.quantity`,
  "sums by ticket": `
    select coalesce(l.ticket_id, u.ticket_id)::text as key
      from (select tenant_id, ticket_id, period,
                   coalesce(sum(quantity) filter (where kind not in ('TOKENS', 'MEDIA_BYTES')), 0) as units
              from usage_event where ticket_id is not null group by 1, 2, 3) l
      full join ticket_billing_usage u using (tenant_id, ticket_id, period)
     where l.units is distinct from u.billable_units`,
};

export async function checkRollUps(reader: Reader): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [name, query] of Object.entries(DIFFERENCES)) {
    const rows = await reader.rows<{ key: string }>(query);
    checks.push(
      none(
        `${name} that are not the ledger's`,
        rows.map(({ key }) => key),
      ),
    );
  }
  return checks;
}
