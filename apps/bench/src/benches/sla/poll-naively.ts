import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";

/** How often what is active is looked at, the usual way. */
export const POLL_MS = 300_000;
const PAGE = 1_000;

const READ_PAGE = `
  select m.tenant_id as "tenantId", m.ticket_id as "ticketId", m.metric, m.cycle, m.started_at as "startedAt",
         m.target_ms::float8 as "targetMs", t.conversation_id as "conversationId", t.contact_id as "contactId", t.status
    from sla_timer m
    join ticket t on t.tenant_id = m.tenant_id and t.id = m.ticket_id
   where m.breached_at is null and m.settled_at is null and (m.tenant_id, m.ticket_id, m.metric, m.cycle) > ($1, $2, $3, $4)
   order by m.tenant_id, m.ticket_id, m.metric, m.cycle
   limit ${PAGE}`;

const BREACH = `
  update sla_timer set state = 'BREACHED', breached_at = now(), decided_at = now(), due_at = null
   where tenant_id = $1 and ticket_id = $2 and metric = $3 and cycle = $4`;

const TELL = `
  insert into event (tenant_id, type, actor_type, ticket_id, conversation_id, contact_id, data)
  values ($1, 'SLA_BREACHED', 'SYSTEM', $2, $3, $4, '{}')`;

interface Row {
  tenantId: string;
  ticketId: string;
  metric: string;
  cycle: number;
  startedAt: Date;
  targetMs: number;
  conversationId: string;
  contactId: string;
}

/**
 * One poll: reads everything that is active, works out whether it is late, and tells of what is, each in a transaction of
 * its own. Returns the seconds that this took.
 */
export function pollNaively(database: BenchDatabase): Promise<{ seconds: number; read: number; fired: number }> {
  return withSystem(database, async (client) => {
    const startedAt = performance.now();
    let after: unknown[] = [
      "00000000-0000-0000-0000-000000000000",
      "00000000-0000-0000-0000-000000000000",
      "FIRST_RESPONSE",
      0,
    ];
    let [read, fired] = [0, 0];
    for (;;) {
      const { rows } = await client.query<Row>({ name: "poll", text: READ_PAGE, values: after });
      for (const row of rows) {
        if (row.startedAt.getTime() + row.targetMs >= Date.now()) continue;
        const { tenantId, ticketId, metric, cycle, conversationId, contactId } = row;
        await client.query("begin");
        await client.query({ name: "breach", text: BREACH, values: [tenantId, ticketId, metric, cycle] });
        await client.query({ name: "tell", text: TELL, values: [tenantId, ticketId, conversationId, contactId] });
        await client.query("commit");
        fired += 1;
      }
      read += rows.length;
      const last = rows.at(-1);
      if (!last) break;
      after = [last.tenantId, last.ticketId, last.metric, last.cycle];
    }
    return { seconds: (performance.now() - startedAt) / 1_000, read, fired };
  });
}
