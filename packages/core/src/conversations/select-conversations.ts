import { columnsOf, Prisma, unnamed, type Channel, type Statement } from "@parley/db";
import { isFoundContact } from "../search/index.ts";
import type { PreviewRow, ShownConversation } from "./conversation-json.ts";
import type { ListConversationsQuery } from "./schemas.ts";
import { unreadCondition } from "./unread.ts";

type Filter = Omit<ListConversationsQuery, "limit" | "cursor" | "fields" | "include">;

/** A conversation with everything that its JSON shows, in one row. */
export interface SelectedConversation extends Omit<ShownConversation, "inbox" | "contact"> {
  channel: Channel;
  contactName: string | null;
  blockedAt: Date | null;
  identifiers: ShownConversation["contact"]["identifiers"];
  /** Times in it are texts. */
  last: (Omit<PreviewRow, "sentAt" | "createdAt"> & { sentAt: string | null; createdAt: string }) | null;
  readAt: Date | null;
}

const COLUMNS = columnsOf("c", Prisma.ConversationScalarFieldEnum);

/**
 * The first `limit` conversations that the filter means, those with the latest message first; after the one that has `key`.
 * `me` is whoever asks, null for a program. Relies on conversation_tenant_id_last_message_at_id_idx.
 */
export function selectConversations(
  filter: Filter,
  { tenantId, me }: { tenantId: string; me: string | null },
  { key, limit }: { key: readonly [Date, string] | undefined; limit: number },
): { statement: Statement<SelectedConversation>; values: unknown[] } {
  const values: unknown[] = [tenantId, me];
  const placeholderOf = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const conditions = ["c.tenant_id = $1::uuid", ...conditionsOf(filter, placeholderOf)];
  if (key) {
    const [at, id] = key;
    conditions.push(`(c.last_message_at, c.id) < (${placeholderOf(at, "timestamptz")}, ${placeholderOf(id, "uuid")})`);
  }
  const order = "order by c.last_message_at desc, c.id desc";
  // inbox_pkey, contact_pkey, contact_identifier_tenant_id_contact_id_idx, message_pkey, conversation_read_pkey
  return {
    statement: unnamed(
      `select ${COLUMNS}, i.channel, p.name as "contactName", p.blocked_at as "blockedAt", r.read_at as "readAt",
              (select coalesce(json_agg(json_build_object('type', k.type, 'value', k.value, 'isPrimary', k.is_primary)
                                        order by k.is_primary desc, k.created_at, k.type, k.value), '[]')
                 from contact_identifier k where k.tenant_id = c.tenant_id and k.contact_id = c.contact_id) as identifiers,
              (select json_build_object('id', m.id, 'direction', m.direction, 'type', m.type, 'status', m.status,
                                        'content', json_build_object('text', m.content -> 'text'),
                                        'sentAt', m.sent_at, 'createdAt', m.created_at)
                 from message m where m.tenant_id = c.tenant_id and m.id = c.last_message_id) as last
         from (select c.* from conversation c where ${conditions.join(" and ")}
                ${order} limit ${placeholderOf(limit, "int")}) c
         join inbox i on i.tenant_id = c.tenant_id and i.id = c.inbox_id
         join contact p on p.tenant_id = c.tenant_id and p.id = c.contact_id
         left join conversation_read r
           on r.tenant_id = c.tenant_id and r.user_id = $2::uuid and r.conversation_id = c.id
        ${order}`,
    ),
    values,
  };
}

type PlaceholderOf = (value: unknown, type: string) => string;

function conditionsOf(filter: Filter, placeholderOf: PlaceholderOf): string[] {
  const { inboxId, status, assigneeId, teamId, tag, unread, isMuted, search } = filter;
  const conditions: string[] = [];
  if (inboxId) conditions.push(`c.inbox_id = any(${placeholderOf(inboxId, "uuid[]")})`);
  if (status) conditions.push(`c.status = any(${placeholderOf(status, "conversation_status[]")})`);
  // conversation_assignee_idx, conversation_team_idx
  if (assigneeId === "none") conditions.push("c.assignee_id is null");
  else if (assigneeId === "me") conditions.push("c.assignee_id = $2::uuid");
  else if (assigneeId !== undefined) conditions.push(`c.assignee_id = ${placeholderOf(assigneeId, "uuid")}`);
  if (teamId === "none") conditions.push("c.team_id is null");
  else if (teamId !== undefined) conditions.push(`c.team_id = ${placeholderOf(teamId, "uuid")}`);
  if (tag) conditions.push(`c.tags @> ${placeholderOf(tag, "text[]")}`);
  if (isMuted !== undefined) conditions.push(isMuted ? "c.is_muted" : "not c.is_muted");
  if (unread !== undefined) conditions.push(`${unread ? "" : "not "}${ofContact(unreadCondition("$2::uuid"))}`);
  if (search !== undefined) conditions.push(isFoundContact("c.contact_id", search, placeholderOf));
  return conditions;
}

function ofContact(condition: string): string {
  return `exists (select from contact p where p.tenant_id = c.tenant_id and p.id = c.contact_id and ${condition})`;
}
