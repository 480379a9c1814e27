import { ConversationStatus, IdentifierType, type Prisma } from "@parley/db";
import { z } from "zod";

const time = z.iso.datetime();
const values = z.record(z.string(), z.unknown());

const fields = {
  name: z.string().nullable(),
  tags: z.array(z.string()),
  metadata: values,
  attributes: values,
  blockedAt: time.nullable(),
};

/** A conversation that there was besides another one of the same inbox and thread, as it was. */
const joinedConversation = z.object({
  id: z.uuid(),
  into: z.uuid(),
  inboxId: z.uuid(),
  externalThreadId: z.string(),
  status: z.enum(ConversationStatus),
  assigneeId: z.uuid().nullable(),
  teamId: z.uuid().nullable(),
  isMuted: z.boolean(),
  tags: z.array(z.string()),
  unreadCount: z.int(),
  windowExpiresAt: time.nullable(),
  lastInboundAt: time.nullable(),
  createdAt: time,
  version: z.int(),
  /** Of the other one. */
  intoWindowExpiresAt: time.nullable(),
  intoTags: z.array(z.string()),
});
export type JoinedConversation = z.infer<typeof joinedConversation>;

/** What an undo puts back: it is about persons, so it is kept no longer than a merge can be undone. */
const undoRecord = z.object({
  source: z.object({ ...fields, createdAt: time, version: z.int() }),
  before: z.object(fields),
  after: z.object(fields),
  identifiers: z.array(
    z.object({
      type: z.enum(IdentifierType),
      value: z.string(),
      isPrimary: z.boolean(),
      primarySince: time.nullable(),
      mergeId: z.uuid().nullable(),
    }),
  ),
  /** Conversations that went over as they are. */
  moved: z.array(z.uuid()),
  joined: z.array(joinedConversation),
  tickets: z.array(
    z.object({
      id: z.uuid(),
      conversationId: z.uuid(),
      /** It was the one being worked on, and stands beside another one since. */
      isBeside: z.boolean(),
    }),
  ),
});
export type UndoRecord = z.infer<typeof undoRecord>;

export function toUndoColumn(record: UndoRecord): Prisma.InputJsonObject {
  // JSON, as the schema has it.
  return undoRecord.parse(record) as Prisma.InputJsonObject;
}

export function readUndoColumn(column: Prisma.JsonValue): UndoRecord {
  return undoRecord.parse(column);
}
