/**
 * Whether `conversation c` with its `contact p` is unread for `me`, a placeholder; the same as `isUnread` in its JSON.
 * Relies on conversation_read_pkey.
 */
export function unreadCondition(me: string): string {
  return `(not c.is_muted and p.blocked_at is null
           and case when ${me} is null then c.unread_count > 0
                    else coalesce(c.last_inbound_at > coalesce(
                           (select r.read_at from conversation_read r
                             where r.tenant_id = c.tenant_id and r.user_id = ${me} and r.conversation_id = c.id),
                           '-infinity'), false) end)`;
}
