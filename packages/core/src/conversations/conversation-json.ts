import type { Prisma, Tx } from "@parley/db";
import { orderedIdentifiers } from "../contacts/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { toContactRef, type ContactRefRow } from "../references/index.ts";
import type { ConversationJson } from "./schemas.ts";

const PREVIEW_LENGTH = 200;

export const conversationInclude = {
  inbox: { select: { channel: true } },
  contact: { select: { id: true, name: true, blockedAt: true, identifiers: orderedIdentifiers } },
} satisfies Prisma.ConversationInclude;

type ConversationRow = Prisma.ConversationGetPayload<{ include: typeof conversationInclude }>;

/** What a conversation's JSON is made of, whoever read it. */
export interface ShownConversation extends Omit<ConversationRow, "inbox" | "contact"> {
  inbox: Pick<ConversationRow["inbox"], "channel">;
  contact: ContactRefRow;
}

const previewSelect = {
  id: true,
  direction: true,
  type: true,
  status: true,
  content: true,
  sentAt: true,
  createdAt: true,
} satisfies Prisma.MessageSelect;

export type PreviewRow = Prisma.MessageGetPayload<{ select: typeof previewSelect }>;

/** Who sees a conversation, and when: a window is open or not, and it is unread or not. `me` is null for a program. */
export interface Seen {
  me: string | null;
  now: Date;
}

/** One conversation as JSON, with its last message and whether it was read. */
export async function toConversationJson(tx: Tx, row: ConversationRow, seen: Seen): Promise<ConversationJson> {
  const { tenantId, id, lastMessageId } = row;
  const last =
    lastMessageId === null
      ? null
      : await tx.message.findUnique({ where: { tenantId_id: { tenantId, id: lastMessageId } }, select: previewSelect });
  const key = seen.me === null ? undefined : { tenantId, userId: seen.me, conversationId: id };
  const read = key && (await tx.conversationRead.findUnique({ where: { tenantId_userId_conversationId: key } }));
  return describeConversation(row, { last, readAt: read?.readAt ?? null }, seen);
}

/** The same from what was read of it. */
export function describeConversation(
  row: ShownConversation,
  { last, readAt }: { last: PreviewRow | null; readAt: Date | null },
  { me, now }: Seen,
): ConversationJson {
  const { id, inboxId, inbox, contact, assigneeId, tags, windowExpiresAt, unreadCount, version } = row;
  return {
    id,
    inboxId,
    channel: toJsonEnum(inbox.channel),
    contact: toContactRef(contact),
    status: toJsonEnum(row.status),
    assigneeId,
    teamId: row.teamId,
    tags,
    isMuted: row.isMuted,
    window: windowExpiresAt && { open: windowExpiresAt > now, expiresAt: windowExpiresAt.toISOString() },
    unreadCount,
    isUnread: isUnread(row, readAt, me),
    lastMessage: last ? toPreviewJson(last) : null,
    lastMessageAt: row.lastMessageAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    version,
  };
}

/** The same as `unreadCondition`, in which lists ask for it. Where nobody has read for themselves, what nobody has answered counts. */
function isUnread(row: ShownConversation, readAt: Date | null, me: string | null): boolean {
  const { isMuted, contact, unreadCount, lastInboundAt } = row;
  if (isMuted || contact.blockedAt !== null) return false;
  if (me === null) return unreadCount > 0;
  return lastInboundAt !== null && (readAt === null || lastInboundAt > readAt);
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
