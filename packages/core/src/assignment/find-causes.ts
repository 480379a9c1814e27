import { statement, type Sql } from "@parley/db";
import type { Cause } from "../context/index.ts";

// event_ticket_idx, backwards. What the ticket has waited through since, such as messages, is passed over; a status only
// counts that began the waiting. The newest is the last by seq, but the index goes by transactions: those that overlap are
// few.
const FIND_CAUSES = statement<{ ticketId: string; cause: Cause }>(
  "assignment_find_causes",
  `select k.id as "ticketId", e.cause
     from unnest($2::uuid[]) as k (id)
    cross join lateral (
            select cause
              from (select e.seq, e.cause from event e
                     where e.tenant_id = $1 and e.ticket_id = k.id
                       and (e.type in ('TICKET_OPENED', 'TICKET_WOKEN', 'ASSIGNMENT_CHANGED')
                            or e.type = 'STATUS_CHANGED' and e.data ->> 'from' not in ('open', 'escalated'))
                     order by e.txid desc, e.seq desc
                     limit 5) newest
             order by seq desc
             limit 1) e
    where e.cause is not null`,
);

/**
 * Which rules made tickets wait, by ticket: those that led to the newest event after which it waited as it does now. What
 * people made wait has none. Whoever gives a ticket goes on with what these rules began. To be asked under the conversations'
 * locks.
 */
export async function findCauses(
  sql: Sql,
  tenantId: string,
  ticketIds: readonly string[],
): Promise<ReadonlyMap<string, Cause>> {
  const rows = await sql.rows(FIND_CAUSES, [tenantId, ticketIds]);
  return new Map(rows.map(({ ticketId, cause }) => [ticketId, cause]));
}
