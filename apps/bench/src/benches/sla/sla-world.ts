import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchId, benchIdSql } from "../../world/bench-ids.ts";
import { analyze, seedWorld, withSystem } from "../../world/seed-world.ts";

/** Companies, each with one inbox; a world has room for 100,000 tickets in each. */
export const MOST_OF_A_TENANT = 100_000;
/** Each open ticket waits for a first response and for a resolution. */
export const TIMERS_OF_A_TICKET = 2;
const FIRST_RESPONSE_SECONDS = 3_600;
const RESOLUTION_SECONDS = 5 * 86_400;

export interface SlaWorld {
  tenants: number;
  ticketsPerTenant: number;
  /** Of those, how many come due within the minute. */
  duePerTenant: number;
}

export function worldOf({ timers, due }: { timers: number; due: number }): SlaWorld {
  const tickets = Math.ceil(timers / TIMERS_OF_A_TICKET);
  const tenants = Math.ceil(tickets / MOST_OF_A_TENANT);
  return {
    tenants,
    ticketsPerTenant: Math.ceil(tickets / tenants),
    duePerTenant: Math.min(Math.ceil(due / tenants), Math.ceil(tickets / tenants)),
  };
}

export const policyOf = (tenant: number): string => benchId("slaPolicy", tenant);

const TENANTS = "generate_series(0, $1::int - 1) i";

const INSERT_POLICIES = `
  insert into sla_policy (tenant_id, id, name, position, targets)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("slaPolicy", "i")}, 'All', 0,
         jsonb_build_object('byPriority', '{}'::jsonb, 'default', jsonb_build_object(
           'firstResponseSeconds', ${FIRST_RESPONSE_SECONDS}, 'nextResponseSeconds', null, 'resolutionSeconds', ${RESOLUTION_SECONDS}))
    from ${TENANTS}`;

const INSERT_BOOKS = `
  insert into sla_rulebook (tenant_id, revision, is_followed) select ${benchIdSql("tenant", "i")}, 1, true from ${TENANTS}`;

const INSERT_REVISIONS = `
  insert into sla_revision (tenant_id, revision, effective_at, definition)
  select p.tenant_id, 1, now() - interval '30 days', jsonb_build_object(
           'plan', 'DEV', 'timeZone', 'UTC', 'businessHours', '{}'::jsonb, 'holidays', '[]'::jsonb, 'autoClose', '[]'::jsonb,
           'policies', jsonb_build_array(jsonb_build_object(
             'id', p.id, 'match', p.match, 'clock', p.clock, 'hours', null, 'targets', p.targets, 'pauseIn', '[]'::jsonb,
             'warnAtPercent', null, 'autoRepliesCount', true, 'escalations', '[]'::jsonb)))
    from sla_policy p`;

const INSERT_PROGRESS = `
  insert into sla_progress (tenant_id, txid, seq, revision, revision_txid, started_at, progressed_at, finished_at)
  select ${benchIdSql("tenant", "i")}, pg_current_xact_id()::text::bigint, 9223372036854775807, 1, 1, now(), now(), now()
    from ${TENANTS}`;

/** The tickets of a tenant from `$3` up to `$4`, of `$1` tenants, opened at a time that `$2` and their number say. */
const TICKETS = `
  ${TENANTS}
   cross join generate_series($3::int, $4::int - 1) n
   cross join lateral (select date_trunc('milliseconds', $2::timestamptz + n * $5::float8 * interval '1 millisecond') as at) o`;

const INSERT_TICKETS = `
  insert into ticket (tenant_id, id, number, conversation_id, contact_id, inbox_id, channel, created_at)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("ticket", "i", "n")}, n + 1, ${benchIdSql("conversation", "i", "n")},
         ${benchIdSql("contact", "i", "n")}, ${benchIdSql("inbox", "i")}, 'WHATSAPP', o.at
    from ${TICKETS}`;

const INSERT_EVENTS = `
  insert into event (tenant_id, type, actor_type, contact_id, conversation_id, ticket_id, created_at)
  select ${benchIdSql("tenant", "i")}, 'TICKET_OPENED', 'CUSTOMER', ${benchIdSql("contact", "i", "n")},
         ${benchIdSql("conversation", "i", "n")}, ${benchIdSql("ticket", "i", "n")}, o.at
    from ${TICKETS}`;

const INSERT_JUDGED = `
  insert into sla_ticket (tenant_id, ticket_id, conversation_id, policy_id, state, seen)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("ticket", "i", "n")}, ${benchIdSql("conversation", "i", "n")},
         ${benchIdSql("slaPolicy", "i")}, 'ON_TRACK', pg_current_snapshot()::text
    from ${TICKETS}`;

const INSERT_TIMERS = `
  insert into sla_timer (tenant_id, ticket_id, metric, cycle, policy_id, revision, state, started_at, target_ms, breach_at, due_at)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("ticket", "i", "n")}, m.metric, 1, ${benchIdSql("slaPolicy", "i")}, 1,
         'RUNNING', o.at, m.seconds * 1000, o.at + m.seconds * interval '1 second', o.at + m.seconds * interval '1 second'
    from ${TICKETS}
   cross join (values ('FIRST_RESPONSE'::sla_metric, ${FIRST_RESPONSE_SECONDS}), ('RESOLUTION', ${RESOLUTION_SECONDS})) m (metric, seconds)`;

/** Companies, conversations, policies, and all tickets but for those that come due within the minute. */
export async function seedSlaWorld(database: BenchDatabase, world: SlaWorld): Promise<void> {
  const { tenants, ticketsPerTenant, duePerTenant } = world;
  await seedWorld(database, { inboxes: tenants, contactsPerInbox: ticketsPerTenant });
  await withSystem(database, async (client) => {
    for (const text of [INSERT_POLICIES, INSERT_BOOKS]) await client.query(text, [tenants]);
    await client.query(INSERT_REVISIONS);
    await client.query(INSERT_PROGRESS, [tenants]);
  });
  // Opened within the last minutes, so that their first response is due long after.
  const since = new Date(Date.now() - 10 * 60_000);
  await openTickets(database, { tenants, since, first: duePerTenant, end: ticketsPerTenant, everyMs: 1 });
  await analyze(database);
}

/** Tickets whose first response comes due within the minute that begins at `from`, evenly. */
export async function openDueTickets(database: BenchDatabase, world: SlaWorld, from: Date): Promise<void> {
  const { tenants, duePerTenant: end } = world;
  const since = new Date(from.getTime() - FIRST_RESPONSE_SECONDS * 1_000);
  await openTickets(database, { tenants, since, first: 0, end, everyMs: 60_000 / end });
}

async function openTickets(
  database: BenchDatabase,
  {
    tenants,
    since,
    first,
    end,
    everyMs,
  }: { tenants: number; since: Date; first: number; end: number; everyMs: number },
): Promise<void> {
  await withSystem(database, async (client) => {
    for (const text of [INSERT_TICKETS, INSERT_EVENTS, INSERT_JUDGED, INSERT_TIMERS]) {
      await client.query(text, [tenants, since, first, end, everyMs]);
    }
  });
}
