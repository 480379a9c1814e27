import type pg from "pg";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchIdSql } from "../../world/bench-ids.ts";
import { analyze, seedWorld, withSystem } from "../../world/seed-world.ts";

/** Companies, each with one inbox. */
export const TENANTS = 50;
const CONTACTS = 100;
/** Events that one transaction writes. */
const OF_A_TRANSACTION = 500;

const tenant = benchIdSql("tenant", "n % $3");
const PLACE = `n / $3`;

const INSERT_PLANS = `
  insert into tenant_billing_plan (tenant_id, id, valid_from, plan, currency, monthly_fee, hard_limit_policy, ticket_unit_price,
                                   ai_action_unit_price, message_unit_price, token_thousand_price)
  select id, gen_random_uuid(), now() - interval '1 year', 'PRO', 'EUR', 199, 'OVERAGE', 0.09, 0.015, 0.01, 0.003 from tenant`;

/** Months up to this one. */
const INSERT_PERIODS = `
  insert into billing_period (tenant_id, starts_on, starts_at, ends_at, time_zone, tickets_before)
  select t.id, m::date, m at time zone 'UTC', (m + interval '1 month') at time zone 'UTC', 'UTC', 0
    from tenant t
   cross join generate_series(date_trunc('month', now() at time zone 'UTC') - interval '2 months',
                              date_trunc('month', now() at time zone 'UTC'), interval '1 month') m`;

/** Of ten events four are messages that have left, two tickets, two rules that did something and two questions to models. */
const INSERT_MESSAGES = `
  insert into message (tenant_id, id, conversation_id, inbox_id, direction, type, status, sender_type, content, attempts, occurred_at)
  select ${tenant}, ${benchIdSql("message", "n % $3", PLACE)}, ${benchIdSql("conversation", "n % $3", `(${PLACE}) % ${CONTACTS}`)},
         ${benchIdSql("inbox", "n % $3")}, 'OUTBOUND', 'text', 'SENT', 'AGENT', '{"text": "Hello"}', 1, now()
    from generate_series($1::int, $2::int - 1) n
   where (${PLACE}) % 10 < 4`;

const INSERT_EVENTS = `
  insert into event (tenant_id, type, actor_type, ticket_id, message_id, data)
  select ${tenant},
         case when k < 4 then 'MESSAGE_SENT' when k < 6 then 'TICKET_OPENED' when k < 8 then 'AI_RULE_EXECUTED' else 'AI_MODEL_CALLED' end,
         'SYSTEM', ${benchIdSql("ticket", "n % $3", `(${PLACE}) / 10`)},
         case when k < 4 then ${benchIdSql("message", "n % $3", PLACE)} end,
         case when k < 6 then '{}'::jsonb
              when k < 8 then jsonb_build_object('executionId', ${benchIdSql("rule", "n % $3", PLACE)}, 'ruleId', ${benchIdSql("rule", "n % $3")}, 'actions', 2)
              else jsonb_build_object('callId', ${benchIdSql("rule", "n % $3", PLACE)}, 'task', 'suggest_reply', 'inputTokens', 700, 'outputTokens', 60) end
    from generate_series($1::int, $2::int - 1) n
   cross join lateral (select (${PLACE}) % 10 as k) o`;

/** One ticket counts once, however many events of a ten speak of it: so of each ten one opening is a repetition. */
export const USAGE_OF_TEN = 9;

/** Companies with plans and months. */
export async function seedBillingWorld(database: BenchDatabase): Promise<void> {
  await seedWorld(database, { inboxes: TENANTS, contactsPerInbox: CONTACTS });
  await withSystem(database, async (client) => {
    await client.query(INSERT_PLANS);
    await client.query(INSERT_PERIODS);
  });
  await analyze(database);
}

/** Events number `first` to `end` of all companies in turn, as many small transactions, with their messages. */
export async function happen(database: BenchDatabase, first: number, end: number): Promise<void> {
  await withSystem(database, async (client) => {
    for (let from = first; from < end; from += OF_A_TRANSACTION) {
      const span = [from, Math.min(from + OF_A_TRANSACTION, end), TENANTS];
      await client.query("begin");
      await client.query(INSERT_MESSAGES, span);
      await client.query(INSERT_EVENTS, span);
      await client.query("commit");
    }
  });
  await analyze(database);
}

/** Rows of the ledger of a company, without a log that tells of them: a ticket in eight, in the last three months. */
const INSERT_LEDGER = `
  insert into usage_event (tenant_id, kind, cause, quantity, occurred_at, period, event_txid, event_seq, ticket_id, channel,
                           category, agent_id, rule_id)
  select $1, (array['TICKET_OPENED', 'OUTBOUND_MESSAGE', 'OUTBOUND_MESSAGE', 'AI_ACTION', 'AUTO_REPLY', 'OUTBOUND_MESSAGE', 'AI_ACTION', 'TOKENS'])[1 + n % 8]::usage_kind,
         ${benchIdSql("message", "0", "n")}, case when n % 8 = 7 then 760 else 1 end, o.at,
         date_trunc('month', o.at at time zone 'UTC')::date, 1, n, ${benchIdSql("ticket", "0", "n / 8")}, 'WHATSAPP',
         'reply', ${benchIdSql("agent", "0", "n / 8 % 10")}, null
    from generate_series(0, $2::int - 1) n
   cross join lateral (
     select date_trunc('month', now()) - interval '2 months'
            + (now() - date_trunc('month', now()) + interval '2 months') * (n::float8 / $2) as at
   ) o`;

export async function fillLedger(client: pg.Client, tenantId: string, rows: number): Promise<void> {
  await client.query(INSERT_LEDGER, [tenantId, rows]);
}
