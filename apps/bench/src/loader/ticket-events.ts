import type { Draw } from "./draw.ts";
import { UNTIL } from "./era.ts";

/** What happened to a ticket besides its messages, by expressions on `plan_ticket t` and `plan_life l`. */
export interface TicketEvent {
  type: string;
  by: "AGENT" | "SYSTEM";
  /** Of which tickets, when, and the event's data. */
  where: string;
  at: string;
  data: string;
}

const NOBODY = `'{"userId":null,"teamId":null}'::jsonb`;
const HOLDER = "jsonb_build_object('userId', t.assignee_id, 'teamId', t.team_id)";

const CLOSED_BY_ITSELF_AFTER = "interval '7 days'";

/** In the order in which those of the same time follow each other. */
export function ticketEvents(draw: Draw): TicketEvent[] {
  const isClosedAtOnce = `t.status = 'CLOSED' and ${draw.chance("event.closed_at_once", "t.draw_by")} < 0.3`;
  return [
    {
      type: "ASSIGNMENT_CHANGED",
      by: "SYSTEM",
      where: "t.assignee_id is not null or t.team_id is not null",
      at: "t.opened_at",
      data: `jsonb_build_object('from', ${NOBODY}, 'to', ${HOLDER}, 'because', 'assigned_by_policy')`,
    },
    {
      type: "PRIORITY_CHANGED",
      by: "AGENT",
      where: "t.priority <> 'NORMAL' and t.assignee_id is not null",
      at: "t.opened_at",
      data: "jsonb_build_object('from', 'normal', 'to', lower(t.priority::text))",
    },
    {
      type: "STATUS_CHANGED",
      by: "AGENT",
      where: "t.is_unfinished and t.status <> 'OPEN'",
      at: "l.last_at",
      data: "jsonb_build_object('from', 'open', 'to', lower(t.status::text))",
    },
    {
      type: "TICKET_SNOOZED",
      by: "AGENT",
      where: "l.snoozed_at is not null",
      at: "l.snoozed_at",
      data: "jsonb_build_object('until', l.snoozed_until)",
    },
    {
      type: "STATUS_CHANGED",
      by: "AGENT",
      where: "not t.is_unfinished",
      at: "l.resolved_at",
      data: `jsonb_build_object('from', 'open', 'to', case when ${isClosedAtOnce} then 'closed' else 'resolved' end)`,
    },
    {
      type: "STATUS_CHANGED",
      by: "SYSTEM",
      where: `t.status = 'CLOSED' and not (${isClosedAtOnce})`,
      at: `least(l.resolved_at + ${CLOSED_BY_ITSELF_AFTER}, ${UNTIL})`,
      data: `'{"from":"resolved","to":"closed"}'::jsonb`,
    },
  ];
}
