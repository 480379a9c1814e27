import type { Draw } from "./draw.ts";
import { AGENTS, agentIdSql } from "./members.ts";
import { messageIdSql } from "./message-id.ts";

const NOTES = 0.08;
/** How often a message is the customer's: within a ticket, at the end of an open one, and at the end of one that ended. */
const INBOUND = { within: 0.5, open: 0.8, ended: 0.2 };
/** How often a customer who goes on writing asks something anew. */
const ASKS_AGAIN = 0.2;

/**
 * Makes the temporary table `plan_message` out of `plan_ticket`: numbered from 0 by conversation and then by time. A
 * ticket begins with what the customer wrote; what ended or waits for the customer mostly ends with an answer, what is
 * open with something unanswered. Notes are colleagues' among themselves.
 */
export function planMessages(draw: Draw, tenant: number): string {
  const chance = (choice: string): string => draw.chance(`message.${choice}`, "number");
  const spread = `
    select t.conversation, t.number as ticket, t.first_message + j as number, j, t.messages, t.opened_at, t.lasts,
           t.status, t.assignee_id, t.topic, t.language, t.order_number, t.draw_by
      from plan_ticket t cross join lateral generate_series(0, t.messages - 1) j`;
  const drawn = `
    select *,
           j = 0 or ${chance("inbound")} < case when j < messages - 1 then ${INBOUND.within}
                                                when status in ('OPEN', 'ESCALATED') then ${INBOUND.open}
                                                when status in ('RESOLVED', 'CLOSED') then ${INBOUND.ended}
                                                else 0 end as is_inbound,
           (opened_at + case when j = 0 then interval '0'
                             else lasts * ((j - 0.5 * ${chance("time")}) / (messages - 1)) end)::timestamptz(3) as at
      from spread`;
  const sorted = `
    select *, not is_inbound and j < messages - 1 and ${chance("note")} < ${NOTES} as is_note from drawn`;
  const anybody = agentIdSql(tenant, draw.below("message.agent", "m.number", AGENTS));
  const product = draw.below("ticket.product", "m.draw_by", "cardinality(p.products)");
  return `
    create temp table plan_message on commit drop as
    with spread as (${spread}), drawn as (${drawn}), sorted as (${sorted})
    select m.conversation, m.ticket, m.number, m.is_inbound, m.is_note, m.at,
           ${messageIdSql("m.at", "m.number")} as id,
           case when not m.is_inbound then coalesce(m.assignee_id, ${anybody}) end as agent_id,
           replace(replace(${textSql(draw)}, '{order}', 'FR-' || m.order_number),
                   '{product}', p.products[1 + ${product}]) as text
      from sorted m join phrases p using (language, topic)`;
}

function textSql(draw: Draw): string {
  const one = (list: string): string =>
    `p.${list}[1 + ${draw.below(`message.${list}`, "m.number", `cardinality(p.${list})`)}]`;
  const asksAnew = `m.j = 0 or ${draw.chance("message.asks_again", "m.number")} < ${ASKS_AGAIN}`;
  return `
    case when m.is_note then ${one("notes")}
         when not m.is_inbound then trim(${one("greetings")} || ' ' || ${one("answers")} || ' ' || ${one("signatures")})
         when ${asksAnew} then trim(${one("greetings")} || ' ' || ${one("questions")} || ' ' || ${one("closings")})
         else ${one("replies")} end`;
}
