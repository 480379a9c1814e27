import { statement } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toPeriodKey } from "../billing-periods/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import type { TicketUsageJson } from "./schemas.ts";

interface TicketUsageRow {
  period: Date;
  aiActionsCount: string;
  humanMessagesCount: string;
  autoReplyCount: string;
  tokensUsed: string;
  billableUnits: string;
  calculatedAmount: string;
  currency: string;
  finalized: boolean;
}

// ticket_billing_usage_pkey, billing_period_pkey, tenant_billing_plan_tenant_id_valid_from_key
const READ = statement<TicketUsageRow>(
  "usage_reports_read_ticket",
  `select u.period::timestamp at time zone 'UTC' as period, u.ai_actions_count as "aiActionsCount",
          u.human_messages_count as "humanMessagesCount", u.auto_reply_count as "autoReplyCount",
          u.tokens_used as "tokensUsed", u.billable_units as "billableUnits",
          trim_scale(u.calculated_amount)::text as "calculatedAmount", u.finalized,
          (select p.currency
             from billing_period b
             join tenant_billing_plan p on p.tenant_id = $1 and p.valid_from < b.ends_at
            where b.tenant_id = $1 and b.starts_on = u.period
            order by p.valid_from desc limit 1) as currency
     from ticket_billing_usage u
    where u.tenant_id = $1 and u.ticket_id = $2
    order by u.period desc`,
);

/** What a ticket has used, by the month in which it is charged, the newest first; and all together. */
export async function showTicketUsage(ctx: RequestContext, { id }: { id: string }): Promise<TicketUsageJson> {
  const tenantId = authorize(ctx, "billing.read");
  const ticket = await ctx.database.withTenant(tenantId, (tx) =>
    tx.ticket.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { id: true } }),
  );
  if (!ticket) throw new DomainError("not_found", "There is no ticket with this id.");
  const rows = await ctx.database.tenantSql(tenantId).rows(READ, [tenantId, id]);
  const periods = rows.map((row) => ({
    period: toPeriodKey(row.period),
    aiActionsCount: Number(row.aiActionsCount),
    humanMessagesCount: Number(row.humanMessagesCount),
    autoReplyCount: Number(row.autoReplyCount),
    tokensUsed: Number(row.tokensUsed),
    billableUnits: Number(row.billableUnits),
    calculatedAmount: row.calculatedAmount,
    currency: row.currency,
    finalized: row.finalized,
  }));
  const sum = (count: (row: (typeof periods)[number]) => number): number =>
    periods.reduce((all, row) => all + count(row), 0);
  return {
    ticketId: id,
    aiActionsCount: sum((row) => row.aiActionsCount),
    humanMessagesCount: sum((row) => row.humanMessagesCount),
    autoReplyCount: sum((row) => row.autoReplyCount),
    tokensUsed: sum((row) => row.tokensUsed),
    billableUnits: sum((row) => row.billableUnits),
    periods,
  };
}
