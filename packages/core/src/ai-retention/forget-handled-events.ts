import { statement } from "@parley/db";
import { BATCH, forgetAll, type ForgetContext } from "./forget-all.ts";

// ai_rule_progress_pkey, event_pkey. There are few marks, because the check takes along those that it passes.
const FORGET = statement(
  "rule_events_forget_passed",
  `delete from ai_handled_event h
    using (select o.tenant_id, o.event_seq
             from ai_handled_event o
             join ai_rule_progress p on p.tenant_id = o.tenant_id
             join event e on e.tenant_id = o.tenant_id and e.seq = o.event_seq
            where (e.txid, e.seq) <= (p.txid, p.seq)
            limit $1) passed
    where h.tenant_id = passed.tenant_id and h.event_seq = passed.event_seq`,
);

/**
 * Deletes the marks of events that the check of the log has passed: those that were made only afterwards, because the event
 * was handled again or after the check had given it up. Tells how many.
 */
export function forgetHandledEvents({ database }: Pick<ForgetContext, "database">): Promise<number> {
  return forgetAll(() => database.system.run(FORGET, [BATCH]));
}
