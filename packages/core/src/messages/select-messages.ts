import { columnsOf, Prisma, unnamed, type MessageDirection, type MessageStatus, type Statement } from "@parley/db";
import type { ShownMessage } from "./message-json.ts";

const COLUMNS = columnsOf("m", Prisma.MessageScalarFieldEnum);

// message_attachment_tenant_id_message_id_idx, message_mention_pkey
const ATTACHED = `
  (select coalesce(json_agg(json_build_object('id', a.id, 'kind', a.kind, 'mimeType', a.mime_type, 'fileName', a.file_name,
                                              'size', a.size, 'state', a.state, 'failure', a.failure) order by a.id), '[]')
     from message_attachment a where a.tenant_id = m.tenant_id and a.message_id = m.id) as attachments,
  (select coalesce(json_agg(json_build_object('userId', n.user_id) order by n.user_id), '[]')
     from message_mention n where n.tenant_id = m.tenant_id and n.message_id = m.id) as mentions`;

/** Which messages are meant; what is undefined is left open. */
export interface MessageSelection {
  tenantId: string;
  ids?: readonly string[] | undefined;
  conversationIds?: readonly string[] | undefined;
  ticketId?: string | undefined;
  direction?: MessageDirection | undefined;
  status?: MessageStatus | undefined;
  campaign?: string | undefined;
  /** Those with lower ids. */
  before?: string | undefined;
  /** Those that come later than this time and id. */
  after?: readonly [Date, string] | undefined;
}

const ORDERS = {
  // message_pkey; of a campaign message_campaign_idx
  newest: "m.id desc",
  // message_tenant_id_conversation_id_occurred_at_id_idx
  oldest: "m.occurred_at, m.id",
};

/** The first `limit` of these messages, each with everything that its JSON shows. */
export function selectMessages(
  { tenantId, ids, conversationIds, ticketId, direction, status, campaign, before, after }: MessageSelection,
  { order, limit }: { order: keyof typeof ORDERS; limit: number },
): { statement: Statement<ShownMessage>; values: unknown[] } {
  const values: unknown[] = [tenantId];
  const placeholderOf = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  // Of one alone, the index has its messages in their order.
  const isOneOf = (column: string, some: readonly string[]): string =>
    some.length === 1
      ? `${column} = ${placeholderOf(some[0], "uuid")}`
      : `${column} = any(${placeholderOf(some, "uuid[]")})`;
  const conditions = ["m.tenant_id = $1::uuid"];
  if (ids) conditions.push(isOneOf("m.id", ids));
  if (conversationIds) conditions.push(isOneOf("m.conversation_id", conversationIds));
  if (ticketId !== undefined) conditions.push(`m.ticket_id = ${placeholderOf(ticketId, "uuid")}`);
  if (direction) conditions.push(`m.direction = ${placeholderOf(direction, "message_direction")}`);
  if (status) conditions.push(`m.status = ${placeholderOf(status, "message_status")}`);
  if (campaign !== undefined) conditions.push(`m.campaign = ${placeholderOf(campaign, "text")}`);
  if (before !== undefined) conditions.push(`m.id < ${placeholderOf(before, "uuid")}`);
  if (after) {
    const [at, id] = after;
    conditions.push(`(m.occurred_at, m.id) > (${placeholderOf(at, "timestamptz")}, ${placeholderOf(id, "uuid")})`);
  }
  const ordered = `order by ${ORDERS[order]}`;
  return {
    statement: unnamed(
      `select ${COLUMNS}, ${ATTACHED}
         from (select m.* from message m where ${conditions.join(" and ")}
                ${ordered} limit ${placeholderOf(limit, "int")}) m
        ${ordered}`,
    ),
    values,
  };
}
