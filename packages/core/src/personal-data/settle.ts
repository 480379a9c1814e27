import { statement } from "@parley/db";
import type { StepInput, StepOutcome } from "./step.ts";

// Whoever began before the identifiers were gone may still write what they brought. conversation_tenant_id_contact_id_idx,
// message_unsettled_idx
const IS_UNDER_WAY = statement<{ isUnderWay: boolean }>(
  "erasure_is_under_way",
  `select pg_snapshot_xmin(pg_current_snapshot())::text::bigint <= $3::bigint
          or exists (
            select from conversation c join message m on m.tenant_id = c.tenant_id and m.conversation_id = c.id
             where c.tenant_id = $1 and c.contact_id = $2 and m.status = 'SENDING') as "isUnderWay"`,
);

/** Waits for what was under way when the identifiers were taken away: afterwards nothing about the person is added. */
export async function settle({ sql, erasure }: StepInput): Promise<StepOutcome> {
  const { tenantId, contactId, txid } = erasure;
  const [found] = await sql.rows(IS_UNDER_WAY, [tenantId, contactId, txid]);
  return found?.isUnderWay ? "wait" : { next: null, counts: {} };
}
