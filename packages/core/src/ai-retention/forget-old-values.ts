import { statement } from "@parley/db";
import { BATCH, forgetAll, SHARE, type ForgetContext } from "./forget-all.ts";

/** As far back as rules are tried on the log, and a day. */
const KEPT_MS = 31 * 86_400_000;

// tenant_pkey, ticket_value_change_pkey. Transactions stand in the order in which they began, so of each tenant only the
// first are looked at.
const FORGET = statement(
  "ticket_values_forget",
  `delete from ticket_value_change c
    using (select t.id as tenant_id, x.txid, x.ticket_id
             from tenant t
            cross join lateral (
              select o.txid, o.ticket_id, o.created_at
                from ticket_value_change o
               where o.tenant_id = t.id
               order by o.txid, o.ticket_id
               limit $2
            ) x
            where x.created_at < $1
            limit $3) old
    where c.tenant_id = old.tenant_id and c.txid = old.txid and c.ticket_id = old.ticket_id`,
);

/** Deletes what changes of tickets were about that are older than 31 days; the log names them still. Tells how many. */
export function forgetOldValues({ database, clock }: ForgetContext): Promise<number> {
  return forgetAll(() => database.system.run(FORGET, [new Date(clock.now().getTime() - KEPT_MS), SHARE, BATCH]));
}
