import { statement, type ConversationStatus, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";

/** The one thread between an inbox and a contact. */
export interface ConversationKey {
  tenantId: string;
  inboxId: string;
  contactId: string;
  threadId: string;
}

interface FoundConversation extends ConversationKey {
  id: string;
  status: ConversationStatus;
  assigneeId: string | null;
  teamId: string | null;
  /** What the contact writes makes no work. */
  isBlocked: boolean;
}

export interface LockedConversation extends FoundConversation {
  isNew: boolean;
}

// conversation_tenant_id_inbox_id_contact_id_external_thread_id_key, contact_pkey. Locked in the order of ids: two workers that
// meet on several conversations wait for one another and cannot deadlock.
const LOCK_CONVERSATIONS = statement<FoundConversation>(
  "conversation_lock",
  `select c.tenant_id as "tenantId", c.inbox_id as "inboxId", c.contact_id as "contactId",
          c.external_thread_id as "threadId", c.id, c.status, c.assignee_id as "assigneeId", c.team_id as "teamId",
          p.blocked_at is not null as "isBlocked"
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as k (tenant_id, inbox_id, contact_id, external_thread_id)
     join conversation c using (tenant_id, inbox_id, contact_id, external_thread_id)
     join contact p on p.tenant_id = c.tenant_id and p.id = c.contact_id
    order by c.id
      for no key update of c`,
);

const INSERT_CONVERSATIONS = statement<{ id: string }>(
  "conversation_insert",
  `insert into conversation (tenant_id, inbox_id, contact_id, external_thread_id, id, last_message_at, created_at)
   select *, $6, $6 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[])
    order by 1, 2, 3, 4
       on conflict do nothing
   returning id`,
);

export function conversationKey(key: ConversationKey): string {
  return `${key.tenantId} ${key.inboxId} ${key.contactId} ${key.threadId}`;
}

/**
 * Finds or opens the conversation of each key and locks it until the transaction ends: whoever decides about a
 * conversation's tickets, messages and counters holds this lock.
 */
export async function openConversations(
  sql: Sql,
  keys: readonly ConversationKey[],
  at: Date,
): Promise<Map<string, LockedConversation>> {
  const distinct = [...new Map(keys.map((key) => [conversationKey(key), key])).values()];
  const conversations = new Map<string, LockedConversation>();
  const remember = (rows: readonly FoundConversation[], isNew: (id: string) => boolean): void => {
    for (const row of rows) conversations.set(conversationKey(row), { ...row, isNew: isNew(row.id) });
  };

  remember(await sql.rows(LOCK_CONVERSATIONS, keyColumns(distinct)), () => false);
  const missing = distinct.filter((key) => !conversations.has(conversationKey(key)));
  if (missing.length > 0) {
    const inserted = await sql.rows(INSERT_CONVERSATIONS, [...keyColumns(missing), missing.map(() => newId()), at]);
    const ours = new Set(inserted.map((row) => row.id));
    remember(await sql.rows(LOCK_CONVERSATIONS, keyColumns(missing)), (id) => ours.has(id));
  }
  return conversations;
}

function keyColumns(keys: readonly ConversationKey[]): unknown[] {
  return [
    keys.map((key) => key.tenantId),
    keys.map((key) => key.inboxId),
    keys.map((key) => key.contactId),
    keys.map((key) => key.threadId),
  ];
}
