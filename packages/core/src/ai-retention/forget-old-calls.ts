import { statement } from "@parley/db";
import { BATCH, firstIdOf, forgetAll, SHARE, type ForgetContext } from "./forget-all.ts";

/** A year and a month, so that a month can be compared with the same one of the year before. */
const KEPT_MS = 400 * 86_400_000;

// tenant_pkey, ai_model_call_pkey
const FORGET = statement(
  "model_calls_forget",
  `delete from ai_model_call c
    using (select t.id as tenant_id, x.id
             from tenant t
            cross join lateral (
              select o.id
                from ai_model_call o
               where o.tenant_id = t.id and o.id < ${firstIdOf("$1")} and o.outcome <> 'PENDING'
               order by o.id
               limit $2
            ) x
            limit $3) old
    where c.tenant_id = old.tenant_id and c.id = old.id`,
);

/** Deletes calls of models that ended more than 400 days ago; what each month has cost is kept. Tells how many. */
export function forgetOldCalls({ database, clock }: ForgetContext): Promise<number> {
  return forgetAll(() => database.system.run(FORGET, [clock.now().getTime() - KEPT_MS, SHARE, BATCH]));
}
