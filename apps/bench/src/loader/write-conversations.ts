import { benchId, benchIdSql } from "../world/bench-ids.ts";
import { INBOXES } from "./inboxes.ts";
import { messageIdSql } from "./message-id.ts";

/** The numbers of the inboxes in which replies are allowed for a day, and of those with threads. */
const WINDOWED = INBOXES.flatMap(({ channel }, number) => (channel === "WHATSAPP" ? [number] : []));
const THREADED = INBOXES.flatMap(({ hasThreads }, number) => (hasThreads ? [number] : []));

/**
 * Makes the temporary table `plan_end`: how each conversation ends as far as its messages say. Notes are not what
 * people see last.
 */
export const PLAN_ENDS = `
  create temp table plan_end on commit drop as
  with last as (
    select conversation, max(number) filter (where not is_note) as last_message,
           max(number) filter (where not is_inbound and not is_note) as last_answer
      from plan_message group by conversation
  )
  select l.conversation, l.last_message, max(m.at) filter (where m.number = l.last_message) as last_message_at,
         max(m.at) filter (where m.number = l.last_answer) as last_answer_at,
         max(m.at) filter (where m.is_inbound) as last_inbound_at,
         count(*) filter (where m.is_inbound and m.number > coalesce(l.last_answer, -1)) as unanswered
    from last l join plan_message m using (conversation)
   group by l.conversation, l.last_message`;

const STATUS = `
  case when t.status in ('OPEN', 'ESCALATED') then 'OPEN' when t.is_unfinished then 'PENDING' else 'RESOLVED' end`;

/** A conversation shows status, assignee and team of its last ticket. */
export function insertConversations(tenant: number): string {
  const t = String(tenant);
  return `
    insert into conversation (tenant_id, id, inbox_id, contact_id, external_thread_id, status, assignee_id, team_id,
                              tags, unread_count, last_message_id, last_message_at, window_expires_at, last_inbound_at,
                              created_at, version)
    select '${benchId("tenant", tenant)}', ${benchIdSql("conversation", t, "c.n")},
           ${benchIdSql("inbox", t, "c.inbox")}, ${benchIdSql("contact", t, "c.contact")},
           case when c.inbox in (${THREADED.join(", ")}) then 'thread-' || c.n else '' end,
           (${STATUS})::conversation_status, t.assignee_id, t.team_id,
           case when t.priority = 'URGENT' then array['urgent'] else '{}' end,
           case when t.is_unfinished then e.unanswered else 0 end,
           ${messageIdSql("e.last_message_at", "e.last_message")}, e.last_message_at,
           case when c.inbox in (${WINDOWED.join(", ")}) then e.last_inbound_at + interval '24 hours' end,
           e.last_inbound_at, c.started_at, c.messages
      from plan_conversation c
      join plan_end e on e.conversation = c.n
      join plan_ticket t on t.conversation = c.n and t.is_last
     order by c.n`;
}

/** Whoever has a conversation has read it up to the last answer. */
export function insertReads(tenant: number): string {
  const id = benchIdSql("conversation", String(tenant), "e.conversation");
  return `
    insert into conversation_read (tenant_id, user_id, conversation_id, read_at)
    select '${benchId("tenant", tenant)}', t.assignee_id, ${id}, e.last_answer_at
      from plan_end e join plan_ticket t on t.conversation = e.conversation and t.is_last
     where t.assignee_id is not null and e.last_answer_at is not null
     order by t.assignee_id, e.conversation`;
}
