import type { Prisma, Tx } from "@parley/db";
import { orderedIdentifiers, toIdentifierJson } from "../contacts/index.ts";
import { toJsonEnum } from "../json/index.ts";
import type { ConversationJson } from "./schemas.ts";

const PREVIEW_LENGTH = 200;

export const conversationInclude = {
  inbox: { select: { channel: true } },
  contact: { select: { id: true, name: true, identifiers: orderedIdentifiers } },
} satisfies Prisma.ConversationInclude;

type ConversationRow = Prisma.ConversationGetPayload<{ include: typeof conversationInclude }>;

const previewSelect = {
  id: true,
  direction: true,
  type: true,
  status: true,
  content: true,
  sentAt: true,
  createdAt: true,
} satisfies Prisma.MessageSelect;

type PreviewRow = Prisma.MessageGetPayload<{ select: typeof previewSelect }>;

/** The conversations as JSON, with all their last messages read at once. `now` decides whether a window is open. */
export async function toConversationsJson(
  tx: Tx,
  rows: readonly ConversationRow[],
  now: Date,
): Promise<ConversationJson[]> {
  const ids = rows.flatMap(({ tenantId, lastMessageId: id }) => (id === null ? [] : [{ tenantId, id }]));
  const [first] = ids;
  const messages = first
    ? await tx.message.findMany({
        where: { tenantId: first.tenantId, id: { in: ids.map(({ id }) => id) } },
        select: previewSelect,
      })
    : [];
  const previews = new Map(messages.map((message) => [message.id, message]));
  return rows.map((row) => toConversationJson(row, previews.get(row.lastMessageId ?? ""), now));
}

function toConversationJson(row: ConversationRow, last: PreviewRow | undefined, now: Date): ConversationJson {
  const { id, inboxId, inbox, contact, assigneeId, tags, windowExpiresAt, unreadCount, version } = row;
  return {
    id,
    inboxId,
    channel: toJsonEnum(inbox.channel),
    contact: { id: contact.id, name: contact.name, identifiers: contact.identifiers.map(toIdentifierJson) },
    status: toJsonEnum(row.status),
    assigneeId,
    teamId: null,
    tags,
    window: windowExpiresAt && { open: windowExpiresAt > now, expiresAt: windowExpiresAt.toISOString() },
    unreadCount,
    lastMessage: last ? toPreviewJson(last) : null,
    lastMessageAt: row.lastMessageAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    version,
  };
}

function toPreviewJson(message: PreviewRow): NonNullable<ConversationJson["lastMessage"]> {
  return {
    id: message.id,
    direction: toJsonEnum(message.direction),
    type: message.type,
    status: toJsonEnum(message.status),
    content: { text: textOf(message.content)?.slice(0, PREVIEW_LENGTH) },
    sentAt: message.sentAt?.toISOString() ?? null,
    createdAt: message.createdAt.toISOString(),
  };
}

function textOf(content: Prisma.JsonValue): string | undefined {
  if (typeof content !== "object" || content === null || Array.isArray(content)) return undefined;
  return typeof content["text"] === "string" ? content["text"] : undefined;
}
