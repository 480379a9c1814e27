import { LAZY_COMMIT, statement, type Sql } from "@parley/db";
import type { EventKey } from "../rule-events/index.ts";

// ai_handled_event_pkey. An event whose mark is lost is handled again.
const MARK = statement(
  "rule_events_mark_handled",
  `insert into ai_handled_event (tenant_id, event_seq)
   select tenant_id, event_seq from unnest($1::uuid[], $2::bigint[]) as k (tenant_id, event_seq)
    where ${LAZY_COMMIT}
    order by tenant_id, event_seq
       on conflict do nothing`,
);

/** Every rule was asked about these events, and what applied is done. */
export async function markHandled(sql: Sql, keys: readonly EventKey[]): Promise<void> {
  if (keys.length === 0) return;
  await sql.run(MARK, [keys.map(({ tenantId }) => tenantId), keys.map(({ seq }) => seq)]);
}
