import type pg from "pg";
import { runTogether, type RawAsker } from "./raw-transaction.ts";

export const LOCK_CONVERSATION = `
  select c.id, c.status, c.assignee_id, c.team_id from ticket t
    join conversation c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
   where t.tenant_id = $1 and t.id = $2
     for no key update of c`;
export const LOCK_TICKET = "select * from ticket where tenant_id = $1 and id = $2 for no key update";
const UPDATE = `
  update ticket set priority = $3, updated_at = now(), version = version + 1
   where tenant_id = $1 and id = $2
  returning *`;
const APPEND = `
  insert into event (tenant_id, type, actor_type, actor_id, contact_id, conversation_id, ticket_id, data)
  values ($1, 'PRIORITY_CHANGED', 'AGENT', $2, $3, $4, $5,
          jsonb_build_object('from', lower($6::text), 'to', lower($7::text)))`;

/** What Parley does: locks conversation and ticket, changes the ticket, and says so in the log. */
export function rawUpdate(
  pool: pg.Pool,
  { tenantId, userId }: RawAsker,
  { id, priority }: { id: string; priority: string },
): Promise<object | undefined> {
  return runTogether(pool, tenantId, async (client) => {
    await client.query({ name: "lock_conversation", text: LOCK_CONVERSATION, values: [tenantId, id] });
    const before = await client.query({ name: "lock_ticket", text: LOCK_TICKET, values: [tenantId, id] });
    const after = await client.query({ name: "update_priority", text: UPDATE, values: [tenantId, id, priority] });
    const [was] = before.rows;
    const [ticket] = after.rows;
    const values = [tenantId, userId, was?.contact_id, was?.conversation_id, id, was?.priority, priority];
    await client.query({ name: "append_priority", text: APPEND, values });
    return ticket;
  });
}
