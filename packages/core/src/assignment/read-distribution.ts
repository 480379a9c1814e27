import { statement, type AssignmentMethod, type Sql } from "@parley/db";
import type { Person, PolicyRules } from "./distribute.ts";
import { GOES_BY, IS_WAITING, LOAD } from "./waiting-tickets.ts";

export interface LockedPolicy {
  id: string;
  teamId: string | null;
  method: AssignmentMethod;
  isSticky: boolean;
  bySkills: boolean;
}

/** A ticket that waited when it was read, and as which version. */
export interface FoundTicket {
  id: string;
  policyId: string;
  conversationId: string;
  contactId: string;
  teamId: string | null;
  tags: string[];
  version: number;
}

// assignment_policy_pkey. All of the tenant's, though one would do for a ticket: people have one capacity under all of them.
const LOCK_POLICIES = statement<LockedPolicy>(
  "assignment_lock_policies",
  `select id, team_id as "teamId", method, is_sticky as "isSticky", by_skills as "bySkills"
     from assignment_policy
    where tenant_id = $1
    order by id
      for no key update`,
);

// membership_pkey, ticket_load_idx
const FIND_PEOPLE = statement<Person>(
  "assignment_find_people",
  `select * from (
     select m.user_id as "userId", m.availability, m.capacity, m.skills, ${LOAD} as load
       from membership m
      where m.tenant_id = $1 and m.availability = 'ONLINE') m
    where load < capacity`,
);

// team_membership_pkey, assignment_turn_pkey
const FIND_TURNS = statement<{ policyId: string; userId: string; turn: string; lastTurn: string }>(
  "assignment_find_turns",
  `select p.id as "policyId", m.user_id as "userId", coalesce(own.turn, 0)::text as turn, last.turn::text as "lastTurn"
     from unnest($2::uuid[], $3::uuid[]) as p (id, team_id)
    cross join lateral (
            select coalesce(max(turn), 0) as turn from assignment_turn where tenant_id = $1 and policy_id = p.id) last
    cross join unnest($4::uuid[]) as m (user_id)
     left join assignment_turn own on own.tenant_id = $1 and own.policy_id = p.id and own.user_id = m.user_id
    where p.team_id is null or exists (
            select from team_membership tm
             where tm.tenant_id = $1 and tm.team_id = p.team_id and tm.user_id = m.user_id)`,
);

const FIND_SKILLS = statement<{ skill: string }>(
  "assignment_find_skills",
  `select distinct skill from membership m cross join unnest(m.skills) skill where m.tenant_id = $1`,
);

// ticket_waiting_idx, membership_pkey. Under a policy by skills, what none of its people can be given does not count
// against the limit, or it would hide what they can.
const FIND_WAITING = statement<FoundTicket>(
  "assignment_find_waiting",
  `select t.id, p.id as "policyId", t.conversation_id as "conversationId", t.contact_id as "contactId",
          t.team_id as "teamId", t.tags, t.version
     from unnest($2::uuid[], $3::int[]) as l (policy_id, room)
     join assignment_policy p on p.tenant_id = $1 and p.id = l.policy_id
    cross join lateral (
            select * from ticket t
             where t.tenant_id = $1 and ${IS_WAITING} and ${GOES_BY}
               and (not p.by_skills or not t.tags && $6::text[] or exists (
                      select from unnest($4::uuid[], $5::uuid[]) as c (policy_id, user_id)
                        join membership m on m.tenant_id = $1 and m.user_id = c.user_id
                       where c.policy_id = p.id
                         and m.skills @> array(select tag from unnest(t.tags) tag where tag = any($6::text[]))))
             order by t.priority desc, t.created_at, t.id
             limit l.room) t
    order by t.priority desc, t.created_at, t.id
    limit $7`,
);

// ticket_tenant_id_contact_id_created_at_idx
const FIND_LAST_HOLDERS = statement<{ ticketId: string; userId: string }>(
  "assignment_find_last_holders",
  `select k.id as "ticketId", t.assignee_id as "userId"
     from unnest($2::uuid[], $3::uuid[]) as k (id, contact_id)
    cross join lateral (
            select assignee_id from ticket t
             where t.tenant_id = $1 and t.contact_id = k.contact_id and t.id <> k.id and t.assignee_id is not null
             order by t.created_at desc
             limit 1) t`,
);

/** The tenant's policies by which tickets are given, locked: no other transaction gives any of them meanwhile. */
export async function lockPolicies(sql: Sql, tenantId: string): Promise<LockedPolicy[]> {
  const policies = await sql.rows(LOCK_POLICIES, [tenantId]);
  return policies.filter(({ method }) => method !== "MANUAL");
}

/** Who is online and has room. */
export function findPeople(sql: Sql, tenantId: string): Promise<Person[]> {
  return sql.rows(FIND_PEOPLE, [tenantId]);
}

/** The policies that have somebody to give to, with their people and turns. */
export async function readRules(
  sql: Sql,
  tenantId: string,
  policies: readonly LockedPolicy[],
  people: readonly Person[],
): Promise<PolicyRules[]> {
  const rows = await sql.rows(FIND_TURNS, [
    tenantId,
    policies.map(({ id }) => id),
    policies.map(({ teamId }) => teamId),
    people.map(({ userId }) => userId),
  ]);
  const ofPolicy = Map.groupBy(rows, ({ policyId }) => policyId);
  return policies.flatMap(({ id, method, isSticky, bySkills }) => {
    const turns = ofPolicy.get(id) ?? [];
    const [first] = turns;
    if (!first || method === "MANUAL") return [];
    const numbers = new Map(turns.map(({ userId, turn }) => [userId, Number(turn)]));
    return [{ id, method, isSticky, bySkills, turns: numbers, lastTurn: Number(first.lastTurn) }];
  });
}

/** Every tag that is somebody's skill, if any of the policies asks for skills. */
export async function findSkillTags(
  sql: Sql,
  tenantId: string,
  policies: readonly Pick<PolicyRules, "bySkills">[],
): Promise<ReadonlySet<string>> {
  if (!policies.some(({ bySkills }) => bySkills)) return new Set();
  return new Set((await sql.rows(FIND_SKILLS, [tenantId])).map(({ skill }) => skill));
}

/**
 * The first tickets that wait and could be given, the most urgent and then the oldest first: of each policy no more than
 * its people have room for, and `limit` in all. `isCut`: there may be more.
 */
export async function findWaiting(
  sql: Sql,
  tenantId: string,
  { policies, people, skillTags }: { policies: PolicyRules[]; people: Person[]; skillTags: ReadonlySet<string> },
  limit: number,
): Promise<{ tickets: FoundTicket[]; isCut: boolean }> {
  const roomOf = new Map(people.map(({ userId, load, capacity }) => [userId, capacity - load]));
  const rooms = policies.map(({ turns }) =>
    Math.min(
      limit,
      [...turns.keys()].reduce((sum, userId) => sum + (roomOf.get(userId) ?? 0), 0),
    ),
  );
  const pairs = policies.flatMap(({ id, turns }) => [...turns.keys()].map((userId) => ({ id, userId })));
  const tickets = await sql.rows(FIND_WAITING, [
    tenantId,
    policies.map(({ id }) => id),
    rooms,
    pairs.map(({ id }) => id),
    pairs.map(({ userId }) => userId),
    [...skillTags],
    limit,
  ]);
  const counts = Map.groupBy(tickets, ({ policyId }) => policyId);
  const isFull = policies.some(({ id }, index) => counts.get(id)?.length === rooms[index]);
  return { tickets, isCut: tickets.length === limit || isFull };
}

/** Who had the last other ticket of each ticket's contact, by ticket. Whoever has left had none. */
export async function findLastHolders(
  sql: Sql,
  tenantId: string,
  tickets: readonly FoundTicket[],
): Promise<Map<string, string>> {
  if (tickets.length === 0) return new Map();
  const rows = await sql.rows(FIND_LAST_HOLDERS, [
    tenantId,
    tickets.map(({ id }) => id),
    tickets.map(({ contactId }) => contactId),
  ]);
  return new Map(rows.map(({ ticketId, userId }) => [ticketId, userId]));
}
