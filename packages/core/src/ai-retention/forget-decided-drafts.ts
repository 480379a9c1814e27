import { statement } from "@parley/db";
import { DEFAULT_AI_SETTINGS } from "../language-models/index.ts";
import { BATCH, firstIdOf, forgetAll, SHARE, type ForgetContext } from "./forget-all.ts";

// tenant_pkey, ai_settings_pkey, ai_response_draft_pkey. What was superseded was decided by nobody.
const FORGET = statement(
  "ai_drafts_forget",
  `delete from ai_response_draft d
    using (select t.id as tenant_id, x.id
             from tenant t
             left join ai_settings s on s.tenant_id = t.id
            cross join lateral (
              select $1::timestamptz - make_interval(hours => 24 * coalesce(s.execution_retention_days, $2::int)) as time
            ) until
            cross join lateral (
              select o.id
                from ai_response_draft o
               where o.tenant_id = t.id and o.id < ${firstIdOf("extract(epoch from until.time) * 1000")}
                 and o.state <> 'PENDING' and coalesce(o.decided_at, o.created_at) < until.time
               order by o.id
               limit $3
            ) x
            limit $4) old
    where d.tenant_id = old.tenant_id and d.id = old.id and d.state <> 'PENDING'`,
);

/** Deletes drafts that nobody has to decide any more for as long as their tenants keep executions. Tells how many. */
export function forgetDecidedDrafts({ database, clock }: ForgetContext): Promise<number> {
  const { executionRetentionDays } = DEFAULT_AI_SETTINGS;
  return forgetAll(() => database.system.run(FORGET, [clock.now(), executionRetentionDays, SHARE, BATCH]));
}
