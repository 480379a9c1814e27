import { statement, type ModelCallOutcome, type ModelProvider, type Sql } from "@parley/db";

/** What a question is asked for and about. */
export interface ModelQuestion {
  /** In lower_snake, such as "suggest_reply". */
  task: string;
  conversationId?: string | null;
  ticketId?: string | null;
  messageId?: string | null;
}

export interface NewModelCall extends ModelQuestion {
  tenantId: string;
  id: string;
  provider: ModelProvider;
  model: string;
  reservedMicros: bigint;
  at: Date;
}

export interface SettledModelCall {
  tenantId: string;
  id: string;
  outcome: Exclude<ModelCallOutcome, "PENDING">;
  errorKind: string | null;
  inputTokens: number;
  outputTokens: number;
  costMicros: bigint;
  attempts: number;
  latencyMs: number | null;
  at: Date;
}

// tenant_pkey, ai_settings_pkey, ai_spend_pkey. The budget is what it is now, whatever a caller remembers, and the
// condition is asked of the month's row once it is locked: a hundred who ask at once exceed nothing together.
const RESERVE = statement<{ outcome: ModelCallOutcome }>(
  "ai_model_call_reserve",
  `with limits as (
     select date_trunc('month', $11::timestamptz at time zone t.time_zone)::date as month,
            s.monthly_budget_micros as budget
       from tenant t left join ai_settings s on s.tenant_id = t.id
      where t.id = $1
   ), reserved as (
     insert into ai_spend as spend (tenant_id, month, reserved_micros)
     select $1, month, $7::bigint from limits where budget is null or $7::bigint <= budget
         on conflict (tenant_id, month) do update
        set reserved_micros = spend.reserved_micros + excluded.reserved_micros
      where (select budget is null from limits)
         or spend.spent_micros + spend.reserved_micros + excluded.reserved_micros <= (select budget from limits)
     returning 1
   )
   insert into ai_model_call (tenant_id, id, task, provider, model, outcome, error_kind, reserved_micros,
                              conversation_id, ticket_id, message_id, month, created_at, settled_at)
   select $1, $2, $3, $4::text::model_provider, $5,
          case when r.yes then 'PENDING' else 'REFUSED' end::model_call_outcome,
          case when r.yes then null else $6 end,
          case when r.yes then $7::bigint else 0 end, $8, $9, $10, limits.month, $11,
          case when r.yes then null else $11::timestamptz end
     from limits cross join (select exists (select from reserved) as yes) as r
   returning outcome`,
);

// ai_model_call_pkey, ai_spend_pkey
const SETTLE = statement(
  "ai_model_call_settle",
  `with settled as (
     update ai_model_call
        set outcome = $3::text::model_call_outcome, error_kind = $4, input_tokens = $5, output_tokens = $6,
            cost_micros = $7, attempts = $8, latency_ms = $9, settled_at = $10
      where tenant_id = $1 and id = $2 and outcome = 'PENDING'
      returning month, reserved_micros
   )
   update ai_spend spend
      set spent_micros = spend.spent_micros + $7::bigint,
          reserved_micros = spend.reserved_micros - settled.reserved_micros
     from settled
    where spend.tenant_id = $1 and spend.month = settled.month`,
);

// ai_model_call_pending_idx, ai_spend_pkey. Months in one order, as whoever settles one has one alone.
const SETTLE_STRANDED = statement<{ calls: number }>(
  "ai_model_call_settle_stranded",
  `with stranded as (
     select tenant_id, id from ai_model_call
      where outcome = 'PENDING' and created_at < $1
      order by created_at
      limit $3
        for update skip locked
   ), settled as (
     update ai_model_call c
        set outcome = 'FAILED', error_kind = 'stranded', cost_micros = c.reserved_micros, settled_at = $2
       from stranded s
      where c.tenant_id = s.tenant_id and c.id = s.id
      returning c.tenant_id, c.month, c.reserved_micros
   ), sums as (
     select tenant_id, month, sum(reserved_micros)::bigint as micros from settled group by tenant_id, month
   ), counted as (
     update ai_spend spend
        set spent_micros = spend.spent_micros + sums.micros, reserved_micros = spend.reserved_micros - sums.micros
       from sums
      where spend.tenant_id = sums.tenant_id and spend.month = sums.month
   )
   select count(*)::int as calls from settled`,
);

export const NO_BUDGET = "no_budget";

/**
 * Writes a call down and keeps free in the month's budget what it may cost at most. False, and REFUSED in the ledger, when
 * so much is not left. The month is that of `at` in the tenant's time zone.
 */
export async function reserveCall(sql: Sql, call: NewModelCall): Promise<boolean> {
  const [row] = await sql.rows(RESERVE, [
    call.tenantId,
    call.id,
    call.task,
    call.provider,
    call.model,
    NO_BUDGET,
    String(call.reservedMicros),
    call.conversationId ?? null,
    call.ticketId ?? null,
    call.messageId ?? null,
    call.at,
  ]);
  return row?.outcome === "PENDING";
}

/**
 * Puts what a call has cost in the place of what was reserved for it. False: it is settled already, and stays as it is.
 */
export async function settleCall(sql: Sql, call: SettledModelCall): Promise<boolean> {
  const settled = await sql.run(SETTLE, [
    call.tenantId,
    call.id,
    call.outcome,
    call.errorKind,
    call.inputTokens,
    call.outputTokens,
    String(call.costMicros),
    call.attempts,
    call.latencyMs,
    call.at,
  ]);
  return settled > 0;
}

/** How many calls of all tenants, made before `before`, were settled as if they had cost what was reserved. */
export async function settleCallsBefore(sql: Sql, before: Date, at: Date, limit: number): Promise<number> {
  const [row] = await sql.rows(SETTLE_STRANDED, [before, at, limit]);
  return row?.calls ?? 0;
}
