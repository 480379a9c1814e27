import { statement, type Sql } from "@parley/db";
import type { MessageUpdate, TargetMessage } from "./update.ts";

// message_tenant_id_inbox_id_external_id_key
const FIND_BY_EXTERNAL_ID = statement<{ id: string; inboxId: string; externalId: string }>(
  "message_find_by_external_id",
  `select m.id, m.inbox_id as "inboxId", m.external_id as "externalId"
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as k (tenant_id, inbox_id, external_id)
     join message m using (tenant_id, inbox_id, external_id)`,
);

// message_pkey; in the order of ids, against deadlocks.
const LOCK_MESSAGES = statement<TargetMessage>(
  "message_lock_targets",
  `select m.tenant_id as "tenantId", m.id, m.inbox_id as "inboxId", m.conversation_id as "conversationId",
          m.ticket_id as "ticketId", m.direction, m.status, m.attempts, m.external_id as "externalId", m.content
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join message m using (tenant_id, id)
    order by m.id
      for no key update of m`,
);

/**
 * The message of each update: the one that our reference names, when the provider returned it, else the one with
 * the provider's id. Updates whose message is not known are not in the result.
 */
export async function lockTargets(
  sql: Sql,
  updates: readonly MessageUpdate[],
): Promise<Map<MessageUpdate, TargetMessage>> {
  const byExternalId = await sql.rows(FIND_BY_EXTERNAL_ID, [
    updates.map((update) => update.tenantId),
    updates.map((update) => update.inboxId),
    updates.map((update) => update.part.externalId),
  ]);
  const idOf = new Map(byExternalId.map((row) => [`${row.inboxId} ${row.externalId}`, row.id]));
  const candidates = updates.map((update) => ({
    update,
    referenced: update.part.kind === "status" ? update.part.reference?.messageId : undefined,
    named: idOf.get(`${update.inboxId} ${update.part.externalId}`),
  }));

  const wanted = new Map<string, { tenantId: string; id: string }>();
  for (const { update, referenced, named } of candidates) {
    for (const id of [referenced, named]) {
      if (id !== undefined) wanted.set(keyOf(update.tenantId, id), { tenantId: update.tenantId, id });
    }
  }
  if (wanted.size === 0) return new Map();
  const keys = [...wanted.values()];
  const locked = await sql.rows(LOCK_MESSAGES, [keys.map((key) => key.tenantId), keys.map((key) => key.id)]);
  const messages = new Map(locked.map((message) => [keyOf(message.tenantId, message.id), message]));
  const messageOf = (id: string | undefined, update: MessageUpdate): TargetMessage | undefined => {
    const message = id === undefined ? undefined : messages.get(keyOf(update.tenantId, id));
    return message?.inboxId === update.inboxId ? message : undefined;
  };

  const targets = new Map<MessageUpdate, TargetMessage>();
  for (const { update, referenced, named } of candidates) {
    const target = messageOf(referenced, update) ?? messageOf(named, update);
    if (target) targets.set(update, target);
  }
  return targets;
}

/** What an update refers to is its sender's word: updates of two tenants may name the same id. */
function keyOf(tenantId: string, id: string): string {
  return `${tenantId} ${id}`;
}
