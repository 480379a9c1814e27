import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchId, benchIdSql } from "../../world/bench-ids.ts";
import { seedAgents } from "../../world/seed-agents.ts";
import { analyze, seedWorld, withSystem } from "../../world/seed-world.ts";

export const AGENTS = 50;
export const TENANT = benchId("tenant", 0);

const POLICY = benchId("inbox", 0);

/** One company with so many conversations, 50 agents of whom nobody is there yet, and a policy that assigns in turn. */
export async function seedAssignWorld(
  database: BenchDatabase,
  { conversations, capacity }: { conversations: number; capacity: number },
): Promise<void> {
  await seedWorld(database, { inboxes: 1, contactsPerInbox: conversations });
  await seedAgents(database, { count: AGENTS, cost: 4 });
  await withSystem(database, async (client) => {
    await client.query("update membership set capacity = $1", [capacity]);
    await client.query(
      "insert into assignment_policy (tenant_id, id, inbox_id, method) values ($1, $2, $3, 'ROUND_ROBIN')",
      [TENANT, POLICY, benchId("inbox", 0)],
    );
  });
  await analyze(database);
}

/** Tickets on the conversations from `$1` up to `$2`: set-wise, as ingest opens them. */
export const INSERT_TICKETS = `
  insert into ticket (tenant_id, id, number, conversation_id, contact_id, inbox_id, channel, created_at)
  select ${benchIdSql("tenant", "0")}, ${benchIdSql("ticket", "0", "n")}, n + 1, ${benchIdSql("conversation", "0", "n")},
         ${benchIdSql("contact", "0", "n")}, ${benchIdSql("inbox", "0")}, 'WHATSAPP', clock_timestamp()
    from generate_series($1::int, $2::int - 1) n`;

const COUNT_WAITING = `
  select count(*)::int as count from ticket
   where tenant_id = $1 and assignee_id is null and snoozed_at is null and status in ('OPEN', 'ESCALATED')`;

/** How many tickets nobody has. */
export function countWaiting(database: BenchDatabase): Promise<number> {
  return withSystem(database, async (client) => {
    const { rows } = await client.query<{ count: number }>(COUNT_WAITING, [TENANT]);
    return rows[0]?.count ?? NaN;
  });
}

const COUNT_SHARES = `
  select count(t.id)::int as count
    from membership m left join ticket t on t.tenant_id = m.tenant_id and t.assignee_id = m.user_id
   where m.tenant_id = $1 and m.role = 'AGENT'
   group by m.user_id`;

const COUNT_TWICE = `
  select count(*)::int as count
    from (select ticket_id from event where tenant_id = $1 and type = 'ASSIGNMENT_CHANGED'
           group by ticket_id having count(*) > 1) twice`;

/** Throws unless `count` tickets were each given once, and everybody got as many as the others, but for one. */
export function assertFair(database: BenchDatabase, count: number): Promise<void> {
  return withSystem(database, async (client) => {
    const { rows: shares } = await client.query<{ count: number }>(COUNT_SHARES, [TENANT]);
    const counts = shares.map((share) => share.count);
    const given = counts.reduce((sum, share) => sum + share, 0);
    if (given !== count) throw new Error(`${given} of ${count} tickets were given`);
    const { rows: twice } = await client.query<{ count: number }>(COUNT_TWICE, [TENANT]);
    if (twice[0]?.count !== 0) throw new Error(`${twice[0]?.count} tickets were given more than once`);
    const spread = Math.max(...counts) - Math.min(...counts);
    if (spread > 1) throw new Error(`somebody was given ${spread} tickets more than somebody else`);
  });
}
