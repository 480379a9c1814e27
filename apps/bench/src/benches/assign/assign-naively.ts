import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";
import { TENANT } from "./assign-world.ts";

const LOCK_POLICY = "select id from assignment_policy where tenant_id = $1 for no key update";

// ticket_waiting_idx
const FIND_TICKET = `
  select id, conversation_id as "conversationId", contact_id as "contactId"
    from ticket
   where tenant_id = $1 and assignee_id is null and snoozed_at is null and status in ('OPEN', 'ESCALATED')
   order by priority desc, created_at, id
   limit 1`;

// ticket_load_idx
const FIND_PERSON = `
  select m.user_id as "userId"
    from membership m
    left join assignment_turn u on u.tenant_id = m.tenant_id and u.policy_id = $2 and u.user_id = m.user_id
   where m.tenant_id = $1 and m.availability = 'ONLINE'
     and (select count(*) from ticket t
           where t.tenant_id = m.tenant_id and t.assignee_id = m.user_id and t.status not in ('RESOLVED', 'CLOSED')) < m.capacity
   order by coalesce(u.turn, 0), m.user_id
   limit 1`;

const ASSIGN =
  "update ticket set assignee_id = $3, updated_at = now(), version = version + 1 where tenant_id = $1 and id = $2";

const FOLLOW = "update conversation set assignee_id = $3, version = version + 1 where tenant_id = $1 and id = $2";

const TAKE_TURN = `
  insert into assignment_turn (tenant_id, policy_id, user_id, turn)
  select $1, $2, $3, coalesce(max(turn), 0) + 1 from assignment_turn where tenant_id = $1 and policy_id = $2
      on conflict (tenant_id, policy_id, user_id) do update set turn = excluded.turn`;

const TELL = `
  insert into event (tenant_id, type, actor_type, ticket_id, conversation_id, contact_id, data)
  values ($1, 'ASSIGNMENT_CHANGED', 'SYSTEM', $2, $3, $4, jsonb_build_object('to', jsonb_build_object('userId', $5::text)))`;

/** Assigns `count` waiting tickets, each in a transaction of its own; returns the seconds that this took. */
export function assignNaively(database: BenchDatabase, count: number): Promise<number> {
  return withSystem(database, async (client) => {
    const first = async <Row extends object>(name: string, text: string, values: unknown[]): Promise<Row> => {
      const { rows } = await client.query<Row>({ name, text, values });
      const [row] = rows;
      if (!row) throw new Error(`${name} found nothing`);
      return row;
    };
    const startedAt = performance.now();
    for (let n = 0; n < count; n += 1) {
      await client.query("begin");
      const policy = await first<{ id: string }>("policy", LOCK_POLICY, [TENANT]);
      const ticket = await first<{ id: string; conversationId: string; contactId: string }>("ticket", FIND_TICKET, [
        TENANT,
      ]);
      const { userId } = await first<{ userId: string }>("person", FIND_PERSON, [TENANT, policy.id]);
      const { id, conversationId, contactId } = ticket;
      await client.query({ name: "assign", text: ASSIGN, values: [TENANT, id, userId] });
      await client.query({ name: "follow", text: FOLLOW, values: [TENANT, conversationId, userId] });
      await client.query({ name: "turn", text: TAKE_TURN, values: [TENANT, policy.id, userId] });
      await client.query({ name: "tell", text: TELL, values: [TENANT, id, conversationId, contactId, userId] });
      await client.query("commit");
    }
    return (performance.now() - startedAt) / 1_000;
  });
}
