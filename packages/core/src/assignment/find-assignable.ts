import { statement, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { Assign } from "./assignment-handlers.ts";
import { GOES_BY, IS_WAITING, LOAD } from "./waiting-tickets.ts";

// Laterals with a limit are looked up policy by policy: as `exists` they could become joins over all tenants.
const COULD_GIVE = `assignment_policy p
    cross join lateral (
            select from ticket t where t.tenant_id = p.tenant_id and ${IS_WAITING} and ${GOES_BY} limit 1) waiting
    cross join lateral (
            select from membership m
             where m.tenant_id = p.tenant_id and m.availability = 'ONLINE'
               and (p.team_id is null or exists (
                      select from team_membership tm
                       where tm.tenant_id = p.tenant_id and tm.team_id = p.team_id and tm.user_id = m.user_id
                      offset 0))
               and ${LOAD} < m.capacity
             limit 1) able
    where p.method <> 'MANUAL'`;

// assignment_policy_pkey, ticket_waiting_idx, membership_pkey, team_membership_pkey, ticket_load_idx
const COULD_GIVE_IN = statement<{ id: string }>(
  "assignment_could_give_in",
  `select p.id from ${COULD_GIVE} and p.tenant_id = $1 limit 1`,
);

const FIND_TENANTS = statement<{ tenantId: string }>(
  "assignment_find_tenants",
  `select distinct p.tenant_id as "tenantId" from ${COULD_GIVE}`,
);

/**
 * Whether a ticket waits that goes by some policy, one of whose people has room. Locks nothing: most events that could free
 * somebody happen while nothing waits.
 */
export async function couldGive(sql: Sql, tenantId: string): Promise<boolean> {
  return (await sql.rows(COULD_GIVE_IN, [tenantId])).length > 0;
}

/**
 * Assigns what waits and could be given, whatever the reason that nobody has: an event was lost with Redis, or there was
 * none, because a policy was changed or a team. Returns how many tenants that concerned.
 */
export async function reconcileWaiting(ctx: SystemContext, assign: Assign): Promise<number> {
  const tenants = await ctx.database.system.rows(FIND_TENANTS, []);
  const outcomes = await Promise.allSettled(tenants.map(({ tenantId }) => assign(tenantId)));
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} tenants could not be served`);
  return tenants.length;
}
