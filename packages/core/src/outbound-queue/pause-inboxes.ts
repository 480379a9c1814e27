import type { ProviderError } from "@parley/channels";
import { statement, type Sql } from "@parley/db";
import type { NewEvent } from "../events/index.ts";

/** An inbox whose account the provider has found fault with. */
export interface InboxFault {
  tenantId: string;
  inboxId: string;
  error: ProviderError | undefined;
}

const PAUSE_INBOXES = statement<{ tenantId: string; id: string }>(
  "outbound_pause_inboxes",
  `update inbox i set status = 'PAUSED', paused_reason = p.reason, updated_at = $4
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as p (tenant_id, id, reason)
    where i.tenant_id = p.tenant_id and i.id = p.id and i.status = 'ACTIVE'
   returning i.tenant_id as "tenantId", i.id`,
);

/** Stops the sending of inboxes until a person resumes them. Returns what happened, for the caller to publish. */
export async function pauseInboxes(sql: Sql, faults: readonly InboxFault[], at: Date): Promise<NewEvent[]> {
  if (faults.length === 0) return [];
  const ofInbox = new Map(faults.map((fault) => [fault.inboxId, fault]));
  const rows = [...ofInbox.values()].toSorted((a, b) => (a.inboxId < b.inboxId ? -1 : 1));
  const paused = await sql.rows(PAUSE_INBOXES, [
    rows.map(({ tenantId }) => tenantId),
    rows.map(({ inboxId }) => inboxId),
    rows.map(({ error }) => `${error?.code}: ${error?.detail || error?.title}`),
    at,
  ]);
  return paused.map(({ tenantId, id }) => ({
    tenantId,
    type: "INBOX_PAUSED",
    actorType: "SYSTEM",
    data: { inboxId: id, errorCode: ofInbox.get(id)?.error?.code },
  }));
}
