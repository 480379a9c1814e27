/**
 * Conditions on a ticket `t` and a policy `p`, shared by the statements that look for tickets to be given.
 * The first is ticket_waiting_idx's, word for word.
 */
export const IS_WAITING = `t.assignee_id is null and t.snoozed_at is null and t.status in ('OPEN', 'ESCALATED')`;

/**
 * An inbox's policy is for its tickets that no team has yet, or the policy's own team. A ticket that was handed to another
 * team goes by that team's policy, or would be taken back at once; so does one of an inbox without a policy. (`offset 0`:
 * it is looked up for the ticket; the planner would rather read every tenant's policies.)
 */
export const GOES_BY = `(
       (t.inbox_id = p.inbox_id and (t.team_id is null or t.team_id = p.team_id))
       or (p.inbox_id is null and t.team_id = p.team_id and not exists (
             select from assignment_policy i
              where i.tenant_id = t.tenant_id and i.inbox_id = t.inbox_id and i.team_id = t.team_id
             offset 0)))`;

/** How many tickets `m` has, counted no further than their capacity. ticket_load_idx. */
export const LOAD = `(
       select count(*)::int
         from (select from ticket h
                where h.tenant_id = m.tenant_id and h.assignee_id = m.user_id and h.status not in ('RESOLVED', 'CLOSED')
                limit m.capacity) held)`;
