import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { LateMessage, SplitPlan } from "./plan-split.ts";
import type { UndoableMerge } from "./read-undoable.ts";

// contact_merge_message_pkey, message_pkey
const FIND_NOTED = statement<LateMessage>(
  "merge_find_noted",
  `select m.id, m.conversation_id as "conversationId"
     from contact_merge_message n
     join message m on m.tenant_id = n.tenant_id and m.id = n.message_id
    where n.tenant_id = $1 and n.merge_id = $2 and n.conversation_id is null`,
);
// message_tenant_id_conversation_id_occurred_at_id_idx. What was there shortly before the merge is noted, because whoever
// waited for it began earlier.
const FIND_OF_TARGET = statement<LateMessage>(
  "merge_find_of_target",
  `select m.id, m.conversation_id as "conversationId"
     from message m
    where m.tenant_id = $1 and m.conversation_id = any($3) and m.direction = 'INBOUND'
      and m.created_at > $4::timestamptz - interval '10 minutes'
      and not exists (select from contact_merge_message n
                       where n.tenant_id = $1 and n.merge_id = $2 and n.message_id = m.id)`,
);
// The same index.
const FIND_SHARED = statement<{ id: string }>(
  "merge_find_shared",
  `select c.id from unnest($3::uuid[]) as c (id)
    where exists (select from message m
                   where m.tenant_id = $1 and m.conversation_id = c.id and m.direction = 'INBOUND'
                     and not exists (select from contact_merge_message n
                                      where n.tenant_id = $1 and n.merge_id = $2 and n.message_id = m.id))`,
);
const FIND_FIRST = statement<{ id: string; isOfSource: boolean | null }>(
  "merge_find_first",
  `select t.id, (select n.message_id is not null
                   from message m
                   left join contact_merge_message n
                     on n.tenant_id = $1 and n.merge_id = $2 and n.message_id = m.id
                  where m.tenant_id = $1 and m.conversation_id = t.conversation_id and m.ticket_id = t.id
                    and m.direction = 'INBOUND'
                  order by m.occurred_at, m.id limit 1) as "isOfSource"
     from ticket t where t.tenant_id = $1 and t.id = any($3)`,
);
const RETURN_WHOLE = statement(
  "merge_return_conversations",
  "update conversation set contact_id = $3, version = version + 1 where tenant_id = $1 and id = any($2)",
);
const REOPEN_JOINED = statement(
  "merge_reopen_joined",
  `insert into conversation (tenant_id, id, inbox_id, contact_id, external_thread_id, status, assignee_id, team_id, is_muted,
                             tags, last_message_at, window_expires_at, created_at, version)
   select $1, r.id, r."inboxId", $2, r."externalThreadId", r.status,
          (select user_id from membership where tenant_id = $1 and user_id = r."assigneeId"),
          (select t.id from team t where t.tenant_id = $1 and t.id = r."teamId"), r."isMuted", r.tags, r."createdAt",
          r."windowExpiresAt", r."createdAt", r.version + 1
     from jsonb_to_recordset($3::jsonb)
          as r (id uuid, "inboxId" uuid, "externalThreadId" text, status conversation_status, "assigneeId" uuid,
                "teamId" uuid, "isMuted" bool, tags text[], "windowExpiresAt" timestamptz, "createdAt" timestamptz,
                version int)`,
);
const OPEN = statement(
  "merge_open_conversations",
  `insert into conversation (tenant_id, id, inbox_id, contact_id, external_thread_id, is_muted, last_message_at,
                             window_expires_at, created_at)
   select $1, k.id, c.inbox_id, k.contact_id, c.external_thread_id, c.is_muted, $5, c.window_expires_at, $5
     from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as k (id, beside_id, contact_id)
     join conversation c on c.tenant_id = $1 and c.id = k.beside_id`,
);
const COPY_READS = statement(
  "merge_copy_reads",
  `insert into conversation_read (tenant_id, user_id, conversation_id, read_at)
   select $1, r.user_id, k.id, r.read_at
     from unnest($2::uuid[], $3::uuid[]) as k (id, beside_id)
     join conversation_read r on r.tenant_id = $1 and r.conversation_id = k.beside_id
       on conflict do nothing`,
);
const DIRECT_NOTED = statement(
  "merge_direct_noted",
  `update contact_merge_message n set conversation_id = k.part_id
     from message m
     join unnest($3::uuid[], $4::uuid[]) as k (conversation_id, part_id) on k.conversation_id = m.conversation_id
    where n.tenant_id = $1 and n.merge_id = $2 and n.conversation_id is null
      and m.tenant_id = $1 and m.id = n.message_id`,
);
// In the order of ids, as statuses lock them.
const MOVE_NOTED = statement(
  "merge_move_noted",
  `with moved as (
     select m.id, n.conversation_id
       from contact_merge_message n
       join message m on m.tenant_id = n.tenant_id and m.id = n.message_id
      where n.tenant_id = $1 and n.merge_id = $2 and m.conversation_id <> n.conversation_id
      order by m.id
        for no key update of m
   )
   update message m set conversation_id = moved.conversation_id from moved where m.tenant_id = $1 and m.id = moved.id`,
);
const MOVE_OF_TARGET = statement(
  "merge_move_of_target",
  `with moved as (
     select m.id, k.conversation_id
       from unnest($2::uuid[], $3::uuid[]) as k (id, conversation_id)
       join message m on m.tenant_id = $1 and m.id = k.id
      order by m.id
        for no key update of m
   )
   update message m set conversation_id = moved.conversation_id from moved where m.tenant_id = $1 and m.id = moved.id`,
);
const NAME_SENDER = statement(
  "merge_name_sender",
  `update message m set sender_id = $3
    where m.tenant_id = $1 and m.conversation_id = any($2) and m.sender_type = 'CONTACT' and m.sender_id <> $3`,
);

/** What came in since the merge, by whose identifiers it came. */
export async function readLateMessages(tx: AnyTx, { tenantId, id, undo, mergedAt }: UndoableMerge) {
  const sql = sqlOf(tx);
  const ofSource = await sql.rows(FIND_NOTED, [tenantId, id]);
  const ofTarget = await sql.rows(FIND_OF_TARGET, [tenantId, id, undo.moved, mergedAt]);
  const others = [...new Set(ofSource.map(({ conversationId }) => conversationId))];
  const shared = new Set((await sql.rows(FIND_SHARED, [tenantId, id, others])).map((row) => row.id));
  return { ofSource, ofTarget, isOnlyOfSource: (conversationId: string) => !shared.has(conversationId) };
}

/** Of each ticket, whether the source wrote its first message. */
export async function readFirstMessages(
  tx: AnyTx,
  { tenantId, id }: UndoableMerge,
  ticketIds: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  const rows = await sqlOf(tx).rows(FIND_FIRST, [tenantId, id, ticketIds]);
  return new Map(rows.flatMap((row) => (row.isOfSource === null ? [] : [[row.id, row.isOfSource] as const])));
}

/** Opens the conversations that there are to be, of both. Those that are the source's again are so first. */
export async function openThreads(tx: AnyTx, merge: UndoableMerge, plan: SplitPlan, at: Date): Promise<void> {
  const { tenantId, sourceId, undo } = merge;
  const sql = sqlOf(tx);
  await sql.run(RETURN_WHOLE, [tenantId, plan.returned, sourceId]);
  await sql.run(REOPEN_JOINED, [tenantId, sourceId, JSON.stringify(undo.joined)]);
  const { opened } = plan;
  const besides = opened.map(({ besideId }) => besideId);
  const ids = opened.map(({ id }) => id);
  await sql.run(OPEN, [tenantId, ids, besides, opened.map(({ contactId }) => contactId), at]);
  await sql.run(COPY_READS, [
    tenantId,
    [...ids, ...undo.joined.map(({ id }) => id)],
    [...besides, ...undo.joined.map(({ into }) => into)],
  ]);
}

/** Brings messages to whoever wrote them; what was answered stays where it was answered. */
export async function moveMessages(
  tx: AnyTx,
  { tenantId, id, sourceId }: UndoableMerge,
  plan: SplitPlan,
  ofTarget: readonly LateMessage[],
): Promise<void> {
  const sql = sqlOf(tx);
  const parts = [...plan.sourceOf];
  await sql.run(DIRECT_NOTED, [tenantId, id, parts.map(([from]) => from), parts.map(([, part]) => part)]);
  await sql.run(MOVE_NOTED, [tenantId, id]);
  const leaving = ofTarget.flatMap((message) => {
    const part = plan.targetOf.get(message.conversationId);
    return part === undefined ? [] : [{ id: message.id, part }];
  });
  await sql.run(MOVE_OF_TARGET, [tenantId, leaving.map((message) => message.id), leaving.map(({ part }) => part)]);
  await sql.run(NAME_SENDER, [tenantId, [...plan.returned, ...plan.sourceOf.values()], sourceId]);
}
