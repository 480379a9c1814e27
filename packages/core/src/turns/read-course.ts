import { sqlOf, statement, type AnyTx, type TenantStatus } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { LockedConversation } from "../conversations/index.ts";
import { ANSWERS_SURVEY, IS_REVOKED, IS_SAID, SAYS_SOMETHING } from "./customer-messages.ts";

/** Where a conversation has got to since one of the customer's messages. */
interface Course {
  /** The customer has said more, or taken the message back. */
  isSuperseded: boolean;
  isAnswered: boolean;
  isBlocked: boolean;
  tenantStatus: TenantStatus;
}

/**
 * A message that is newer by arrival may be older by the provider's time, by as much as webhooks are late. Further back
 * nobody looks: what arrives so late begins a turn of its own.
 */
const LATEST_ARRIVAL = "interval '1 day'";

const HAS_SAID_MORE = `exists (
         select from message m
          where m.tenant_id = $1 and m.conversation_id = $2 and m.occurred_at > s.occurred_at - ${LATEST_ARRIVAL}
            and m.id > $3 and ${SAYS_SOMETHING} and not (${IS_REVOKED}) and not ${ANSWERS_SURVEY})`;

// message_pkey, message_tenant_id_conversation_id_occurred_at_id_idx
const HAS_WRITTEN_SINCE = statement<{ hasWritten: boolean }>(
  "turn_has_written_since",
  `select ${HAS_SAID_MORE} as "hasWritten" from message s where s.tenant_id = $1 and s.id = $3`,
);

// The same, tenant_pkey and contact_pkey. Echoes of the channel's own app have an arrival as customers' messages have. Of
// answers from here it is known only of how many unread messages they were; a muted conversation has none.
const READ = statement<Course>(
  "turn_read_course",
  `select p.blocked_at is not null as "isBlocked", t.status as "tenantStatus",
          s.id is not null and (s.content ? 'revokedAt' or ${HAS_SAID_MORE}) as "isSuperseded",
          s.id is not null and exists (
            select from message m
             where m.tenant_id = $1 and m.conversation_id = $2 and m.occurred_at > s.occurred_at - ${LATEST_ARRIVAL}
               and ${IS_SAID}
               and case when m.sender_type = 'AGENT' and m.sender_id is null then m.id > $3
                        else $5 and m.answered_count is not null and m.created_at >= s.created_at end
          ) as "isAnswered"
     from tenant t
     join contact p on p.tenant_id = t.id and p.id = $4
     left join message s on s.tenant_id = t.id and s.id = $3
    where t.id = $1`,
);

/**
 * What has happened since `messageId`, and whether the contact may be written to at all. To be asked under the
 * conversation's lock. Without a message nothing has happened since.
 */
export async function readCourse(
  tx: AnyTx,
  { tenantId, id, contactId, isMuted, unreadCount }: LockedConversation,
  messageId: string | null,
): Promise<Course> {
  const [row] = await sqlOf(tx).rows(READ, [tenantId, id, messageId, contactId, isMuted]);
  if (!row) throw new Error("every conversation has a contact");
  // Whatever answers ends the count of what is unread, under the lock that the caller holds.
  const isRead = messageId !== null && !isMuted && unreadCount === 0;
  return { ...row, isAnswered: row.isAnswered || isRead };
}

/** Refuses as `conflict` to go on from a message since which the customer has said more. The caller holds the lock. */
export async function assertNewest(
  tx: AnyTx,
  { tenantId, id }: Pick<LockedConversation, "tenantId" | "id">,
  messageId: string,
): Promise<void> {
  const [row] = await sqlOf(tx).rows(HAS_WRITTEN_SINCE, [tenantId, id, messageId]);
  if (!row?.hasWritten) return;
  throw new DomainError(
    "conflict",
    "The customer has written since; read what they say, and answer it yourself or ask for a new suggestion.",
  );
}
