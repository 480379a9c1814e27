import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { LockedConversation } from "../conversations/index.ts";
import { ANSWERS_SURVEY, IS_REVOKED, IS_SAID, SAYS_SOMETHING } from "./customer-messages.ts";

export interface Unanswered {
  id: string;
  ticketId: string | null;
}

/** So many messages make a turn; of more, the newest. */
const MOST_MESSAGES = 20;
/** A message may arrive later than so many that were written after it. */
const MOST_OVERTAKEN = 30;

/**
 * The $4 newest messages by arrival, among the $3 newest of the conversation. What was taken back counts, because it is
 * counted as unread. message_tenant_id_conversation_id_occurred_at_id_idx, from its end.
 */
const UNREAD = `(select l.* from (
          select m.id, m.ticket_id, m.occurred_at, m.created_at, ${IS_REVOKED} as is_revoked
            from message m
           where m.tenant_id = $1 and m.conversation_id = $2 and ${SAYS_SOMETHING} and not ${ANSWERS_SURVEY}
           order by m.occurred_at desc, m.id desc
           limit $3) l
          order by l.id desc
          limit $4)`;
const FIND_UNREAD = statement<Unanswered>(
  "turn_find_unread",
  `select u.id, u.ticket_id as "ticketId"
     from ${UNREAD} u
    where not u.is_revoked
    order by u.occurred_at desc, u.id desc`,
);
const OLDEST_UNREAD = statement<{ since: Date | null }>(
  "turn_oldest_unread",
  `select min(u.created_at) as since from ${UNREAD} u where not u.is_revoked`,
);

const SINCE_ANSWER = `m.tenant_id = $1 and m.conversation_id = $2 and ${SAYS_SOMETHING} and not ${ANSWERS_SURVEY}
      and not (${IS_REVOKED})
      and m.created_at > coalesce(
            (select m.created_at from message m
              where m.tenant_id = $1 and m.conversation_id = $2 and ${IS_SAID} and m.answered_count is not null
              order by m.occurred_at desc, m.id desc limit 1),
            '-infinity')`;
const FIND_SINCE_ANSWER = statement<Unanswered>(
  "turn_find_since_answer",
  `select m.id, m.ticket_id as "ticketId"
     from message m
    where ${SINCE_ANSWER}
    order by m.occurred_at desc, m.id desc
    limit $3`,
);
const OLDEST_SINCE_ANSWER = statement<{ since: Date | null }>(
  "turn_oldest_since_answer",
  `select min(m.created_at) as since from message m where ${SINCE_ANSWER}`,
);

type Counted = Pick<LockedConversation, "tenantId" | "id" | "unreadCount" | "isMuted">;

/**
 * What the customer has said that nobody has answered, and not taken back, in the order of the conversation. The caller
 * holds its lock. How many that are is what the conversation counts as unread: each answer ends that count under the same
 * lock, so it is exact, where times of arrival and of answers are not. A muted conversation counts nothing, and goes by
 * times.
 */
export async function findUnanswered(
  tx: AnyTx,
  { tenantId, id, unreadCount, isMuted }: Counted,
): Promise<Unanswered[]> {
  const sql = sqlOf(tx);
  if (isMuted) return (await sql.rows(FIND_SINCE_ANSWER, [tenantId, id, MOST_MESSAGES])).toReversed();
  if (unreadCount === 0) return [];
  const count = Math.min(unreadCount, MOST_MESSAGES);
  return (await sql.rows(FIND_UNREAD, [tenantId, id, count + MOST_OVERTAKEN, count])).toReversed();
}

/**
 * Since when, by our clock, the customer waits for an answer: when the oldest of these messages, however many they are, was
 * stored. Null if nothing waits. The caller holds the conversation's lock.
 */
export async function findWaitingSince(
  tx: AnyTx,
  { tenantId, id, unreadCount, isMuted }: Counted,
): Promise<Date | null> {
  if (!isMuted && unreadCount === 0) return null;
  const sql = sqlOf(tx);
  const [oldest] = isMuted
    ? await sql.rows(OLDEST_SINCE_ANSWER, [tenantId, id])
    : await sql.rows(OLDEST_UNREAD, [tenantId, id, unreadCount + MOST_OVERTAKEN, unreadCount]);
  return oldest?.since ?? null;
}
