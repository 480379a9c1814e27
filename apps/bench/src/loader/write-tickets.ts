import { benchId, benchIdSql } from "../world/bench-ids.ts";
import { attributesSql } from "./attributes.ts";
import { textArray, type Draw } from "./draw.ts";
import { UNTIL } from "./era.ts";
import { INBOXES } from "./inboxes.ts";
import { TOPICS } from "./phrases/topics.ts";

const SUBJECT_LENGTH = 120;
/** How many of those that wait for somebody are put aside, and how many of all until a time, not just an answer. */
const SNOOZED = { some: 0.15, untilTime: 0.12 };

const IS_PUT_ASIDE = "t.status in ('PENDING', 'WAITING_CUSTOMER') and t.snooze <";

/**
 * Makes the temporary table `plan_life`: what becomes of each ticket through its messages. What ends does so after its
 * last message, and before `until`.
 */
export const PLAN_LIVES = `
  create temp table plan_life on commit drop as
  select t.number, m.last_at, m.first_response_at,
         case when not t.is_unfinished
              then (m.last_at + least(t.ends_after, 0.9 * (${UNTIL} - m.last_at)))::timestamptz(3) end as resolved_at,
         case when ${IS_PUT_ASIDE} ${SNOOZED.some} then m.last_at end as snoozed_at,
         case when ${IS_PUT_ASIDE} ${SNOOZED.untilTime}
              then (${UNTIL} + interval '10 days' * t.snooze / ${SNOOZED.untilTime})::timestamptz(3) end
           as snoozed_until
    from plan_ticket t
    join (select ticket, max(at) as last_at, min(at) filter (where not is_inbound and not is_note) as first_response_at
            from plan_message group by ticket) m on m.ticket = t.number`;

export function insertTickets(draw: Draw, tenant: number): string {
  const id = String(tenant);
  const channels = textArray(INBOXES.map(({ channel }) => channel));
  const sentiment = draw.weighted("ticket.sentiment", "t.draw_by", { neutral: 60, negative: 25, positive: 15 });
  return `
    insert into ticket (tenant_id, id, number, conversation_id, contact_id, inbox_id, channel, status, priority,
                        subject, category, sentiment, assignee_id, team_id, tags, order_ref, attributes, snoozed_at,
                        snoozed_until, first_response_at, resolved_at, created_at, updated_at, version)
    select '${benchId("tenant", tenant)}', ${benchIdSql("ticket", id, "t.number - 1")}, t.number,
           ${benchIdSql("conversation", id, "t.conversation")}, ${benchIdSql("contact", id, "c.contact")},
           ${benchIdSql("inbox", id, "c.inbox")}, (${channels})[1 + c.inbox]::channel, t.status, t.priority,
           left(m.text, ${SUBJECT_LENGTH}), t.topic, ${sentiment}, t.assignee_id, t.team_id, ${tagsSql(draw)},
           case when t.topic <> 'product' then 'FR-' || t.order_number end, ${attributesSql(draw, "t.draw_by")},
           l.snoozed_at, l.snoozed_until, l.first_response_at, l.resolved_at, t.opened_at,
           coalesce(l.resolved_at, l.last_at), 1 + t.messages
      from plan_ticket t
      join plan_life l using (number)
      join plan_conversation c on c.n = t.conversation
      join plan_message m on m.number = t.first_message
     order by t.number`;
}

/** One of the topic's, sometimes one of everybody's, and very rarely one that few ever look for. */
function tagsSql(draw: Draw): string {
  const by = "t.draw_by";
  const chance = (choice: string): string => draw.chance(`tag.${choice}`, by);
  const ofTopic = Object.entries(TOPICS).map(
    ([topic, { tags }]) => `when '${topic}' then ${draw.oneOf(`tag.${topic}`, by, tags)}`,
  );
  const general = draw.weighted("tag.general", by, { "follow-up": 50, vip: 25, b2b: 15, complaint: 10 });
  const rare = draw.weighted("tag.rare", by, { legal: 80, press: 20 });
  return `
    array_remove(array[case when ${chance("first")} < 0.5 then case t.topic ${ofTopic.join(" ")} end end,
                       case when ${chance("second")} < 0.15 then ${general} end,
                       case when ${chance("third")} < 0.003 then ${rare} end], null)`;
}

/** What was put aside until a time comes back then. */
export function insertTimers(tenant: number): string {
  const id = benchIdSql("ticket", String(tenant), "number - 1");
  return `
    insert into timer (tenant_id, kind, subject_id, due_at, created_at)
    select '${benchId("tenant", tenant)}', 'wake_ticket', ${id}, snoozed_until, snoozed_at
      from plan_life
     where snoozed_until is not null
     order by number`;
}

/** The next ticket gets the number behind the last. */
export const COUNT_TICKETS = `
  update tenant set last_ticket_number = (select max(number) from plan_ticket) where id = $1`;
