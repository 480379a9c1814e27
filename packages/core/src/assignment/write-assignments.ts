import { statement, together, type Sql } from "@parley/db";
import { assignmentEvent, asSystem } from "../tickets/index.ts";
import type { NewEvent } from "../events/index.ts";
import type { Assignment } from "./distribute.ts";
import { findCauses } from "./find-causes.ts";
import type { FoundTicket } from "./read-distribution.ts";
import { LOAD } from "./waiting-tickets.ts";

/** A ticket with whom it is given to, and the team that it belongs to then. */
export interface GivenTicket extends Assignment {
  ticket: FoundTicket;
  teamId: string | null;
}

// membership_pkey. Against those who go offline, or take a ticket by themselves, in the same moment: they wait for us, or
// we for them.
const HOLD_PEOPLE = statement(
  "assignment_hold_people",
  `select from membership where tenant_id = $1 and user_id = any($2::uuid[]) order by user_id for share`,
);

// membership_pkey, ticket_load_idx. A statement of its own: the one that waits for a lock sees the locked row as it is
// then, but tickets as they were before it waited.
const FIND_ROOM = statement<{ userId: string; room: number }>(
  "assignment_find_room",
  `select m.user_id as "userId", m.capacity - ${LOAD} as room
     from membership m
    where m.tenant_id = $1 and m.user_id = any($2::uuid[]) and m.availability = 'ONLINE'`,
);

// conversation_pkey
const LOCK_CONVERSATIONS = statement(
  "assignment_lock_conversations",
  `select from conversation where tenant_id = $1 and id = any($2::uuid[]) order by id for no key update`,
);

// ticket_pkey
const LOCK_TICKETS = statement<{ id: string; version: number }>(
  "assignment_lock_tickets",
  `select id, version from ticket where tenant_id = $1 and id = any($2::uuid[]) order by id for no key update`,
);

// ticket_pkey. That the ids are named twice keeps the plan at it, whatever the planner thinks of how many there are.
const ASSIGN_TICKETS = statement(
  "assignment_assign_tickets",
  `update ticket t
      set assignee_id = g.assignee_id, team_id = g.team_id, updated_at = $5, version = t.version + 1
     from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as g (id, assignee_id, team_id)
    where t.tenant_id = $1 and t.id = any($2::uuid[]) and t.id = g.id`,
);

// ticket_pkey, conversation_pkey. A ticket that was split off has no say in its conversation.
const FOLLOW_TICKETS = statement(
  "assignment_follow_tickets",
  `update conversation c
      set status = 'OPEN', assignee_id = t.assignee_id, team_id = t.team_id, version = c.version + 1
     from ticket t
    where t.tenant_id = $1 and t.id = any($2::uuid[]) and t.split_from_id is null
      and c.tenant_id = $1 and c.id = any($3::uuid[]) and c.id = t.conversation_id
      and (c.status, c.assignee_id, c.team_id) is distinct from ('OPEN'::conversation_status, t.assignee_id, t.team_id)`,
);

const WRITE_TURNS = statement(
  "assignment_write_turns",
  `insert into assignment_turn (tenant_id, policy_id, user_id, turn)
   select $1, policy_id, user_id, turn
     from unnest($2::uuid[], $3::uuid[], $4::bigint[]) as n (policy_id, user_id, turn)
       on conflict (tenant_id, policy_id, user_id) do update set turn = excluded.turn`,
);

/**
 * Locks the people and leaves out what was meant for those who have just gone, or have no room for it any more because
 * they have just taken another ticket or been given a smaller capacity. The first that they were meant to get stay.
 */
export async function keepWhatFits(sql: Sql, tenantId: string, given: readonly GivenTicket[]): Promise<GivenTicket[]> {
  const userIds = [...new Set(given.map(({ userId }) => userId))];
  await sql.rows(HOLD_PEOPLE, [tenantId, userIds]);
  const found = await sql.rows(FIND_ROOM, [tenantId, userIds]);
  const roomOf = new Map(found.map(({ userId, room }) => [userId, room]));
  return given.filter(({ userId }) => {
    const room = roomOf.get(userId) ?? 0;
    roomOf.set(userId, room - 1);
    return room > 0;
  });
}

/** Locks conversations and tickets and leaves out those that somebody changed since they were read. */
export async function keepUnchanged(sql: Sql, tenantId: string, given: readonly GivenTicket[]): Promise<GivenTicket[]> {
  await sql.rows(LOCK_CONVERSATIONS, [tenantId, given.map(({ ticket }) => ticket.conversationId)]);
  const locked = await sql.rows(LOCK_TICKETS, [tenantId, given.map(({ ticketId }) => ticketId)]);
  const versions = new Map(locked.map(({ id, version }) => [id, version]));
  return given.filter(({ ticket }) => versions.get(ticket.id) === ticket.version);
}

/** Writes tickets, conversations and turns of what the caller has locked; returns what is to be published. */
export async function writeAssignments(
  sql: Sql,
  tenantId: string,
  given: readonly GivenTicket[],
  at: Date,
): Promise<NewEvent[]> {
  const ids = given.map(({ ticketId }) => ticketId);
  const assigned = [tenantId, ids, given.map(({ userId }) => userId), given.map(({ teamId }) => teamId), at];
  const [causes] = await together([findCauses(sql, tenantId, ids), sql.run(ASSIGN_TICKETS, assigned)]);
  await sql.run(FOLLOW_TICKETS, [tenantId, ids, given.map(({ ticket }) => ticket.conversationId)]);
  const last = [...new Map(given.map((each) => [`${each.policyId} ${each.userId}`, each])).values()];
  await sql.run(WRITE_TURNS, [
    tenantId,
    last.map(({ policyId }) => policyId),
    last.map(({ userId }) => userId),
    last.map(({ turn }) => turn),
  ]);
  const by = asSystem("assigned_by_policy");
  return given.map(({ ticket, userId, teamId }) => {
    const from = { userId: null, teamId: ticket.teamId };
    const event = assignmentEvent({ ...ticket, tenantId }, from, { userId, teamId }, by);
    const cause = causes.get(ticket.id);
    return cause ? { ...event, cause } : event;
  });
}
