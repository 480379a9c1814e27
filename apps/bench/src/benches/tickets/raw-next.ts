import type pg from "pg";
import { runTogether, type RawAsker } from "./raw-transaction.ts";
import { LOCK_CONVERSATION, LOCK_TICKET } from "./raw-update.ts";

const LOCK_SEEKER = "select capacity from membership where tenant_id = $1 and user_id = $2 for no key update";
const FIND_OWN = `
  select id from ticket
   where tenant_id = $1 and assignee_id = $2 and snoozed_at is null
     and status in ('OPEN', 'ESCALATED') and status not in ('RESOLVED', 'CLOSED')
   order by priority desc, created_at, id
   limit 1`;
const COUNT_OWN = `
  select count(*)::int as count from ticket
   where tenant_id = $1 and assignee_id = $2 and status not in ('RESOLVED', 'CLOSED')`;
const CLAIM = `
  select t.id from ticket t
    join conversation c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
   where t.tenant_id = $1 and t.assignee_id is null and t.snoozed_at is null and t.status in ('OPEN', 'ESCALATED')
     and (t.team_id is null
          or t.team_id in (select m.team_id from team_membership m where m.tenant_id = $1 and m.user_id = $2))
   order by t.priority desc, t.created_at, t.id
   limit 1
     for no key update of c skip locked
     for no key update of t skip locked`;
const TAKE = `
  update ticket set assignee_id = $3, updated_at = now(), version = version + 1
   where tenant_id = $1 and id = $2
  returning *`;
const FOLLOW = "update conversation set assignee_id = $3, version = version + 1 where tenant_id = $1 and id = $2";
const APPEND = `
  insert into event (tenant_id, type, actor_type, actor_id, contact_id, conversation_id, ticket_id, data)
  values ($1, 'ASSIGNMENT_CHANGED', 'AGENT', $2, $3, $4, $5,
          jsonb_build_object('to', jsonb_build_object('userId', $2::uuid)))`;

/** What Parley does for somebody who has nothing to do: the most urgent ticket that waits for them becomes theirs. */
export function rawNext(pool: pg.Pool, { tenantId, userId }: RawAsker): Promise<object | undefined> {
  return runTogether(pool, tenantId, async (client) => {
    const me = [tenantId, userId];
    await client.query({ name: "lock_seeker", text: LOCK_SEEKER, values: me });
    await client.query({ name: "find_own", text: FIND_OWN, values: me });
    await client.query({ name: "count_own", text: COUNT_OWN, values: me });
    const claimed = await client.query<{ id: string }>({ name: "claim", text: CLAIM, values: me });
    const id = claimed.rows[0]?.id;
    if (id === undefined) throw new Error("there was nothing to take");
    await client.query({ name: "lock_conversation", text: LOCK_CONVERSATION, values: [tenantId, id] });
    await client.query({ name: "lock_ticket", text: LOCK_TICKET, values: [tenantId, id] });
    const taken = await client.query({ name: "take", text: TAKE, values: [tenantId, id, userId] });
    const [ticket] = taken.rows;
    await client.query({ name: "follow", text: FOLLOW, values: [tenantId, ticket.conversation_id, userId] });
    const values = [tenantId, userId, ticket.contact_id, ticket.conversation_id, id];
    await client.query({ name: "append_assignment", text: APPEND, values });
    return ticket;
  });
}
