import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { LockedConversation } from "../conversations/index.ts";

/** Two conversations of one inbox and thread, which become one. */
export interface Pair {
  from: LockedConversation;
  into: LockedConversation;
}

// message_tenant_id_conversation_id_occurred_at_id_idx, message_pkey. In the order of ids, as statuses lock them.
const MOVE_MESSAGES = statement(
  "merge_move_messages",
  `with moved as (
     select m.id, k.into_id, k.from_id
       from unnest($2::uuid[], $3::uuid[]) as k (from_id, into_id)
       join message m on m.tenant_id = $1 and m.conversation_id = k.from_id
      order by m.id
        for no key update of m
   ), kept as (
     insert into contact_merge_message (tenant_id, merge_id, message_id, conversation_id)
     select $1, $4, id, from_id from moved
   )
   update message m
      set conversation_id = moved.into_id, sender_id = case when m.sender_type = 'CONTACT' then $5 else m.sender_id end
     from moved
    where m.tenant_id = $1 and m.id = moved.id`,
);
// draft_pkey. Who has begun to write in both goes on with both texts.
const MOVE_DRAFTS = statement(
  "merge_move_drafts",
  `insert into draft as d (tenant_id, user_id, conversation_id, body, is_internal, reply_to_id, updated_at)
   select f.tenant_id, f.user_id, k.into_id, f.body, f.is_internal, f.reply_to_id, f.updated_at
     from unnest($2::uuid[], $3::uuid[]) as k (from_id, into_id)
     join draft f on f.tenant_id = $1 and f.conversation_id = k.from_id
       on conflict (tenant_id, user_id, conversation_id)
       do update set body = d.body || e'\\n\\n' || excluded.body, updated_at = greatest(d.updated_at, excluded.updated_at)`,
);
// conversation_read_pkey. Who has read only one of the two has not read all of it.
const MEET_READS = statement(
  "merge_meet_reads",
  `update conversation_read r set read_at = least(r.read_at, f.read_at)
     from unnest($2::uuid[], $3::uuid[]) as k (from_id, into_id)
     join conversation_read f on f.tenant_id = $1 and f.conversation_id = k.from_id
    where r.tenant_id = $1 and r.conversation_id = k.into_id and r.user_id = f.user_id`,
);
const MOVE_AI_DRAFTS = statement(
  "merge_move_ai_drafts",
  `update ai_response_draft d
      set conversation_id = k.into_id, state = case when d.state = 'PENDING' then 'SUPERSEDED' else d.state end,
          reason = case when d.state = 'PENDING' then 'merged' else d.reason end
     from unnest($2::uuid[], $3::uuid[]) as k (from_id, into_id)
    where d.tenant_id = $1 and d.conversation_id = k.from_id`,
);
// conversation_turn_pkey. Whoever keeps rules from answering in one of the two does so in both.
const MEET_TURNS = statement(
  "merge_meet_turns",
  `insert into conversation_turn as t (tenant_id, conversation_id, held_at, held_by, handed_off_at, hand_off_reason)
   select f.tenant_id, k.into_id, f.held_at, f.held_by, f.handed_off_at, f.hand_off_reason
     from unnest($2::uuid[], $3::uuid[]) as k (from_id, into_id)
     join conversation_turn f on f.tenant_id = $1 and f.conversation_id = k.from_id
       on conflict (tenant_id, conversation_id)
       do update set held_at = coalesce(t.held_at, excluded.held_at), held_by = coalesce(t.held_by, excluded.held_by),
                     handed_off_at = coalesce(t.handed_off_at, excluded.handed_off_at),
                     hand_off_reason = coalesce(t.hand_off_reason, excluded.hand_off_reason)`,
);
// timer_pkey. A turn that is about to be taken is taken in the other one.
const MOVE_TIMERS = statement(
  "merge_move_timers",
  `with moved as (
     delete from timer t using unnest($2::uuid[], $3::uuid[]) as k (from_id, into_id)
      where t.tenant_id = $1 and t.kind in ('take_turn', 'no_answer') and t.subject_id = k.from_id
      returning t.*, k.into_id
   )
   insert into timer (tenant_id, kind, subject_id, due_at, cause, created_at)
   select tenant_id, kind, into_id, due_at, cause, created_at from moved
       on conflict (tenant_id, kind, subject_id) do update set due_at = greatest(timer.due_at, excluded.due_at)`,
);
// conversation_pkey. `holds`: the work that goes on is the one that came along, so the conversation shows that.
const SHOW_BOTH = statement(
  "merge_show_both",
  `update conversation c
      set last_message_id = case when f.last_message_id is null or c.last_message_id is not null
                                      and (c.last_message_at, c.last_message_id) > (f.last_message_at, f.last_message_id)
                                 then c.last_message_id else f.last_message_id end,
          last_message_at = case when f.last_message_id is null then c.last_message_at
                                 when c.last_message_id is null then f.last_message_at
                                 else greatest(c.last_message_at, f.last_message_at) end,
          unread_count = case when c.is_muted then 0 else c.unread_count + f.unread_count end,
          window_expires_at = greatest(c.window_expires_at, f.window_expires_at),
          last_inbound_at = greatest(c.last_inbound_at, f.last_inbound_at),
          tags = (select coalesce(array_agg(tag order by position), '{}')
                    from (select tag, min(position) as position
                            from unnest(c.tags || f.tags) with ordinality as u (tag, position)
                           group by tag order by 2 limit 50) u),
          status = case when k.holds then f.status else c.status end,
          assignee_id = case when k.holds then f.assignee_id else c.assignee_id end,
          team_id = case when k.holds then f.team_id else c.team_id end,
          version = c.version + 1
     from unnest($2::uuid[], $3::uuid[], $4::bool[]) as k (from_id, into_id, holds)
     join conversation f on f.tenant_id = $1 and f.id = k.from_id
    where c.tenant_id = $1 and c.id = k.into_id`,
);
const DELETE = statement(
  "merge_delete_conversations",
  "delete from conversation where tenant_id = $1 and id = any($2)",
);

/**
 * Makes one thread of each pair: messages stand in their order, as they are ordered by their times. Of which conversation
 * each was is written down for an undo. Tickets have been moved before. The caller holds all of them.
 */
export async function joinConversations(
  tx: AnyTx,
  { tenantId, mergeId, targetId }: { tenantId: string; mergeId: string; targetId: string },
  pairs: readonly (Pair & { holds: boolean })[],
): Promise<void> {
  if (pairs.length === 0) return;
  const sql = sqlOf(tx);
  const from = pairs.map((pair) => pair.from.id);
  const both = [tenantId, from, pairs.map((pair) => pair.into.id)];
  await sql.run(MOVE_MESSAGES, [...both, mergeId, targetId]);
  await sql.run(MOVE_DRAFTS, both);
  await sql.run(MEET_READS, both);
  await sql.run(MOVE_AI_DRAFTS, both);
  await sql.run(MEET_TURNS, both);
  await sql.run(MOVE_TIMERS, both);
  await sql.run(SHOW_BOTH, [...both, pairs.map(({ holds }) => holds)]);
  await sql.run(DELETE, [tenantId, from]);
}
