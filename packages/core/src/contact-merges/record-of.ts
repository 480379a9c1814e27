import type { LockedConversation } from "../conversations/index.ts";
import { fieldsOf } from "./contact-columns.ts";
import type { Pair } from "./join-conversations.ts";
import type { LockedContact, LockedContacts } from "./lock-contacts.ts";
import type { ContactFields } from "./merged-fields.ts";
import type { NewPlace } from "./place-tickets.ts";
import type { JoinedConversation, UndoRecord } from "./undo-record.ts";

/** What an undo will put back, from everything as it is before the merge. */
export function recordOf(
  { identifiers }: LockedContacts,
  merge: {
    source: LockedContact;
    target: LockedContact;
    after: ContactFields;
    moved: readonly LockedConversation[];
    pairs: readonly Pair[];
    places: readonly NewPlace[];
  },
): UndoRecord {
  const { source, target, after, moved, pairs, places } = merge;
  return {
    source: { ...fieldsOf(source), createdAt: source.createdAt.toISOString(), version: source.version },
    before: fieldsOf(target),
    after,
    identifiers: identifiers
      .filter(({ contactId }) => contactId === source.id)
      .map(({ type, value, isPrimary, primarySince, mergeId }) => ({
        type,
        value,
        isPrimary,
        primarySince: timeOf(primarySince),
        mergeId,
      })),
    moved: moved.map(({ id }) => id),
    joined: pairs.map(joinedOf),
    tickets: places.map(({ id, fromConversationId, besideId }) => ({
      id,
      conversationId: fromConversationId,
      isBeside: besideId !== undefined,
    })),
  };
}

function joinedOf({ from, into }: Pair): JoinedConversation {
  return {
    id: from.id,
    into: into.id,
    inboxId: from.inboxId,
    externalThreadId: from.externalThreadId,
    status: from.status,
    assigneeId: from.assigneeId,
    teamId: from.teamId,
    isMuted: from.isMuted,
    tags: from.tags,
    unreadCount: from.unreadCount,
    windowExpiresAt: timeOf(from.windowExpiresAt),
    lastInboundAt: timeOf(from.lastInboundAt),
    createdAt: from.createdAt.toISOString(),
    version: from.version,
    intoWindowExpiresAt: timeOf(into.windowExpiresAt),
    intoTags: into.tags,
  };
}

function timeOf(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
