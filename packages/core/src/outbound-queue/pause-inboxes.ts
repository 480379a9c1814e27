import type { ProviderError } from "@parley/channels";
import { statement, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import type { NewEvent } from "../events/index.ts";

/** An inbox whose account the provider has found fault with. */
export interface InboxFault {
  tenantId: string;
  inboxId: string;
  error: ProviderError | undefined;
}

// inbox_pkey. The entry in the audit log is as recordAudit would write it of an administrator's change.
const PAUSE_INBOXES = statement<{ tenantId: string; id: string }>(
  "outbound_pause_inboxes",
  `with paused as (
     update inbox i set status = 'PAUSED', paused_reason = p.reason, updated_at = $4
       from unnest($1::uuid[], $2::uuid[], $3::text[], $5::uuid[]) as p (tenant_id, id, reason, entry_id)
      where i.tenant_id = p.tenant_id and i.id = p.id and i.status = 'ACTIVE'
     returning i.tenant_id, i.id, p.reason, p.entry_id
   ), written as (
     insert into audit_log (tenant_id, id, actor_type, action, subject_type, subject_id, before, after, created_at)
     select tenant_id, entry_id, 'SYSTEM', 'inbox.changed', 'inbox', id::text,
            jsonb_build_object('status', 'active', 'pausedReason', null),
            jsonb_build_object('status', 'paused', 'pausedReason', reason), $4
       from paused
   )
   select tenant_id as "tenantId", id from paused`,
);

/**
 * Stops the sending of inboxes until a person resumes them, and writes that down in their audit logs. Returns what
 * happened, for the caller to publish.
 */
export async function pauseInboxes(sql: Sql, faults: readonly InboxFault[], at: Date): Promise<NewEvent[]> {
  if (faults.length === 0) return [];
  const ofInbox = new Map(faults.map((fault) => [fault.inboxId, fault]));
  const rows = [...ofInbox.values()].toSorted((a, b) => (a.inboxId < b.inboxId ? -1 : 1));
  const paused = await sql.rows(PAUSE_INBOXES, [
    rows.map(({ tenantId }) => tenantId),
    rows.map(({ inboxId }) => inboxId),
    rows.map(({ error }) => `${error?.code}: ${error?.detail || error?.title}`),
    at,
    rows.map(() => newId()),
  ]);
  return paused.map(({ tenantId, id }) => ({
    tenantId,
    type: "INBOX_PAUSED",
    actorType: "SYSTEM",
    data: { inboxId: id, errorCode: ofInbox.get(id)?.error?.code },
  }));
}
