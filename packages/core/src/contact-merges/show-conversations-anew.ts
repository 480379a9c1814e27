import { sqlOf, statement, type AnyTx } from "@parley/db";

/** What a conversation was before it was split, by which its parts are told. */
interface Whole {
  id: string;
  unreadCount: number;
  /** How long its window stays open after a message; null: it has none. */
  windowMs: string | null;
  answeredAt: Date | null;
  answerId: string | null;
}

// conversation_pkey, message_tenant_id_conversation_id_occurred_at_id_idx
const READ_WHOLE = statement<Whole>(
  "merge_read_whole",
  `select c.id, c.unread_count as "unreadCount",
          floor(extract(epoch from c.window_expires_at - i.occurred_at) * 1000)::bigint as "windowMs",
          a.occurred_at as "answeredAt", a.id as "answerId"
     from conversation c
     left join lateral (
       select m.occurred_at from message m
        where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.direction = 'INBOUND'
        order by m.occurred_at desc, m.id desc limit 1
     ) i on true
     left join lateral (
       select m.occurred_at, m.id from message m
        where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.direction = 'OUTBOUND' and not m.is_internal
          and m.status not in ('SCHEDULED', 'CANCELLED')
        order by m.occurred_at desc, m.id desc limit 1
     ) a on true
    where c.tenant_id = $1 and c.id = any($2)`,
);
// The same, and ticket_one_open_key.
const SHOW = statement(
  "merge_show_anew",
  `update conversation c
      set last_message_id = l.id, last_message_at = coalesce(l.occurred_at, c.created_at),
          last_inbound_at = i.created_at, window_expires_at = i.occurred_at + k.window_ms * interval '1 millisecond',
          unread_count = case when c.is_muted then 0 else least(k.unread_count, (
            select count(*) from message m
             where m.tenant_id = $1 and m.conversation_id = c.id and m.direction = 'INBOUND' and m.type <> 'reaction'
               and (k.answered_at is null or (m.occurred_at, m.id) > (k.answered_at, k.answer_id)))) end,
          status = case when t.status in ('OPEN', 'ESCALATED') then 'OPEN'
                        when t.status is not null then 'PENDING'
                        when exists (select from ticket o where o.tenant_id = $1 and o.conversation_id = c.id) then 'RESOLVED'
                        else c.status end::conversation_status,
          assignee_id = case when t.id is null then c.assignee_id else t.assignee_id end,
          team_id = case when t.id is null then c.team_id else t.team_id end,
          version = c.version + 1
     from unnest($2::uuid[], $3::int[], $4::bigint[], $5::timestamptz[], $6::uuid[])
          as k (id, unread_count, window_ms, answered_at, answer_id)
     left join lateral (
       select m.id, m.occurred_at from message m
        where m.tenant_id = $1 and m.conversation_id = k.id and not m.is_internal
          and m.status not in ('SCHEDULED', 'CANCELLED')
        order by m.occurred_at desc, m.id desc limit 1
     ) l on true
     left join lateral (
       select m.occurred_at, m.created_at from message m
        where m.tenant_id = $1 and m.conversation_id = k.id and m.direction = 'INBOUND'
        order by m.occurred_at desc, m.id desc limit 1
     ) i on true
     left join ticket t on t.tenant_id = $1 and t.conversation_id = k.id and t.split_from_id is null
                       and t.status not in ('RESOLVED', 'CLOSED')
    where c.tenant_id = $1 and c.id = k.id`,
);

export function readWholes(tx: AnyTx, tenantId: string, ids: readonly string[]): Promise<Whole[]> {
  return sqlOf(tx).rows(READ_WHOLE, [tenantId, ids]);
}

/**
 * Lets conversations show what is in them, after messages and tickets have gone to other ones: `parts` are the parts, by
 * what they were parts of.
 */
export async function showAnew(
  tx: AnyTx,
  tenantId: string,
  wholes: readonly Whole[],
  parts: readonly { id: string; of: string }[],
): Promise<void> {
  const wholeOf = new Map(wholes.map((whole) => [whole.id, whole]));
  const rows = parts.flatMap(({ id, of }) => {
    const whole = wholeOf.get(of);
    return whole ? [{ ...whole, id }] : [];
  });
  await sqlOf(tx).run(SHOW, [
    tenantId,
    rows.map(({ id }) => id),
    rows.map(({ unreadCount }) => unreadCount),
    rows.map(({ windowMs }) => windowMs),
    rows.map(({ answeredAt }) => answeredAt),
    rows.map(({ answerId }) => answerId),
  ]);
}
