import type { Draw } from "./draw.ts";
import { UNTIL } from "./era.ts";
import { AGENTS, agentIdSql } from "./members.ts";
import { TOPICS } from "./phrases/topics.ts";
import { teamOfTopicSql } from "./teams.ts";

/** The most time between a ticket's first and last message, and from there to its end. */
const LONGEST = { messages: "interval '2.5 days'", end: "interval '0.4 days'" };
/** Nearly all of today's tickets are unfinished, and few of those of last year. */
const UNFINISHED = { always: 0.05, atFirst: 0.9, days: 20 };
/** What ended lately is still RESOLVED. */
const DAYS_RESOLVED = 7;

const WEIGHTS = Object.fromEntries(Object.entries(TOPICS).map(([topic, { weight }]) => [topic, weight]));
const PRIORITIES = { LOW: 12, NORMAL: 68, HIGH: 15, URGENT: 5 };

/**
 * Makes the temporary table `plan_ticket` out of `plan_conversation`: what is known of a ticket before its messages
 * are. Tickets of one conversation begin at least six days after each other, hence later than the former could be reopened;
 * only the last can be unfinished. `number` counts up by time; `draw_by` is what its chances are drawn by.
 */
export function planTickets(draw: Draw, tenant: number): string {
  const chance = (choice: string): string => draw.chance(`ticket.${choice}`, "draw_by");
  const weighted = (choice: string, weights: Record<string, number>): string =>
    draw.weighted(`ticket.${choice}`, "draw_by", weights);
  const drawn = `
    select c.n as conversation, c.language, i = c.tickets - 1 as is_last, c.n * 4 + i as draw_by,
           c.first_message + i * c.messages / c.tickets as first_message,
           (i + 1) * c.messages / c.tickets - i * c.messages / c.tickets as messages,
           c.started_at, c.remaining, i
      from plan_conversation c cross join lateral generate_series(0, c.tickets - 1) i`;
  const opened = `
    select *, (started_at + remaining * case i when 0 then 0
                                               when 1 then 0.1 + 0.35 * ${chance("second")}
                                               else 0.55 + 0.4 * ${chance("third")} end)::timestamptz(3) as opened_at
      from drawn`;
  const lasting = `
    select *, extract(epoch from ${UNTIL} - opened_at) / 86400 as age_days, ${weighted("topic", WEIGHTS)} as topic,
           least(${LONGEST.messages} * power(${chance("lasts")}, 2), 0.9 * (${UNTIL} - opened_at))
             * (messages > 1)::int as lasts
      from opened`;
  const decided = `
    select *, is_last and ${chance("unfinished")}
                < ${UNFINISHED.always} + ${UNFINISHED.atFirst} * exp(-age_days / ${UNFINISHED.days}) as is_unfinished
      from lasting`;
  // What is waited for was answered, so there is more than the customer's first message.
  const status = `
    case when not is_unfinished
              then case when age_days < ${DAYS_RESOLVED} or ${chance("closed")} < 0.05 then 'RESOLVED' else 'CLOSED' end
         when messages = 1 then ${weighted("untouched", { OPEN: 80, PENDING: 10, ESCALATED: 10 })}
         else ${weighted("status", { OPEN: 45, PENDING: 20, WAITING_CUSTOMER: 25, ESCALATED: 10 })} end`;
  const agent = agentIdSql(tenant, `floor(power(${chance("agent")}, 1.5) * ${AGENTS})::int`);
  return `
    create temp table plan_ticket on commit drop as
    with drawn as (${drawn}), opened as (${opened}), lasting as (${lasting}), decided as (${decided})
    select conversation, language, topic, is_last, is_unfinished, draw_by, first_message, messages, opened_at, lasts,
           row_number() over (order by opened_at, draw_by) as number, (${status})::ticket_status as status,
           (${weighted("priority", PRIORITIES)})::ticket_priority as priority,
           case when ${chance("has_agent")} < case when is_unfinished then 0.6 else 0.97 end then ${agent} end
             as assignee_id,
           case when ${chance("has_team")} < 0.75 then ${teamOfTopicSql(tenant, "topic")} end as team_id,
           ${chance("end")} * ${LONGEST.end} as ends_after,
           lpad(${draw.below("ticket.order", "draw_by", 10_000_000)}::text, 7, '0') as order_number,
           ${chance("snooze")} as snooze
      from decided`;
}
