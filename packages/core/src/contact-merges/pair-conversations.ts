import type { LockedConversation } from "../conversations/index.ts";
import type { Pair } from "./join-conversations.ts";

/**
 * What becomes of the source's conversations: where the target has none of the inbox and thread they go over as they are,
 * else the two are to be joined.
 */
export function pairConversations(
  conversations: readonly LockedConversation[],
  { sourceId, targetId }: { sourceId: string; targetId: string },
): { moved: LockedConversation[]; pairs: Pair[] } {
  const ofTarget = new Map(
    conversations.filter(({ contactId }) => contactId === targetId).map((each) => [threadOf(each), each]),
  );
  const moved: LockedConversation[] = [];
  const pairs: Pair[] = [];
  for (const from of conversations) {
    if (from.contactId !== sourceId) continue;
    const into = ofTarget.get(threadOf(from));
    if (into) pairs.push({ from, into });
    else moved.push(from);
  }
  return { moved, pairs };
}

/** What a contact has one conversation of. */
export function threadOf({
  inboxId,
  externalThreadId,
}: Pick<LockedConversation, "inboxId" | "externalThreadId">): string {
  return `${inboxId} ${externalThreadId}`;
}
