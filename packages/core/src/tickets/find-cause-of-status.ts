import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { Cause } from "../context/index.ts";

// event_ticket_idx, backwards. The newest is the last by seq; the index goes by transactions, of which few overlap.
const FIND = statement<{ cause: Cause | null }>(
  "ticket_find_cause_of_status",
  `select cause
     from (select seq, cause from event
            where tenant_id = $1 and ticket_id = $2 and type in ('TICKET_OPENED', 'STATUS_CHANGED')
            order by txid desc, seq desc
            limit 5) newest
    order by seq desc
    limit 1`,
);

/** Which rules gave a ticket the status that it has; null where people did. To be asked under the conversation's lock. */
export async function findCauseOfStatus(
  tx: AnyTx,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<Cause | null> {
  const [newest] = await sqlOf(tx).rows(FIND, [tenantId, id]);
  return newest?.cause ?? null;
}
