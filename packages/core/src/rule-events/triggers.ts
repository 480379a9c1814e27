import type { AiTrigger, TicketStatus } from "@parley/db";
import type { Change, UnderstandingFacts } from "../rule-conditions/index.ts";
import { isUnfinished } from "../tickets/index.ts";
import type { ChangeEvent, RuleEvent } from "./read-events.ts";

/** Which rules are asked: those that answer wait for the customer's turn to be over, all others look at each message. */
export interface Asked {
  trigger: AiTrigger;
  /** Undefined: both. */
  answers?: boolean;
  /** Of SCHEDULE the one that is due, of NO_ANSWER_TIMEOUT those with this time. */
  ruleId?: string;
  waitMinutes?: number;
}

/** Whether a rule is among those that are asked. */
export function isAmong(
  rule: { id: string; trigger: AiTrigger; answers: boolean; waitMinutes: number | null },
  { trigger, answers, ruleId, waitMinutes }: Asked,
): boolean {
  return (
    rule.trigger === trigger &&
    (answers === undefined || rule.answers === answers) &&
    (ruleId === undefined || rule.id === ruleId) &&
    (waitMinutes === undefined || rule.waitMinutes === waitMinutes)
  );
}

type TriggeringEvent = Pick<RuleEvent, "type" | "data" | "seq" | "changes" | "values">;

/** Which rules an event asks. What was understood of its message counts for some. */
export function triggersOf(event: TriggeringEvent, understanding: UnderstandingFacts | null): Asked[] {
  switch (event.type) {
    case "MESSAGE_RECEIVED":
      return triggersOfMessage(understanding).map((trigger) => ({ trigger, answers: false }));
    case "TURN_DUE":
      return triggersOfMessage(understanding).map((trigger) => ({ trigger, answers: true }));
    case "TICKET_OPENED":
      return [{ trigger: "TICKET_OPENED" }];
    case "STATUS_CHANGED":
      return triggersOfStatus(event);
    case "TICKET_CHANGED":
    case "PRIORITY_CHANGED":
    case "ASSIGNMENT_CHANGED":
      return updated(event);
    case "NO_ANSWER_TIMEOUT": {
      const { minutes } = event.data;
      return typeof minutes === "number" ? [{ trigger: "NO_ANSWER_TIMEOUT", waitMinutes: minutes }] : [];
    }
    case "RULE_DUE": {
      const { ruleId } = event.data;
      return typeof ruleId === "string" ? [{ trigger: "SCHEDULE", ruleId }] : [];
    }
    default:
      return [];
  }
}

function triggersOfMessage(understanding: UnderstandingFacts | null): AiTrigger[] {
  const triggers: AiTrigger[] = ["INCOMING_MESSAGE"];
  if (understanding?.intent === "order_issue") triggers.push("ORDER_ISSUE");
  if (understanding?.intent === "return_request") triggers.push("RETURN_REQUEST");
  if (understanding?.sentiment === "negative") triggers.push("NEGATIVE_SENTIMENT");
  return triggers;
}

function triggersOfStatus(event: TriggeringEvent): Asked[] {
  const [from, to] = [statusIn(event.data["from"]), statusIn(event.data["to"])];
  if (!from || !to || isUnfinished(from) === isUnfinished(to)) return updated(event);
  return [...updated(event), { trigger: isUnfinished(to) ? "TICKET_REOPENED" : "TICKET_RESOLVED" }];
}

/** However much of a ticket is changed at once, it is one change: the first of its events asks about all of it. */
function updated({ seq, changes }: TriggeringEvent): Asked[] {
  const [first] = changes ?? [];
  return first === undefined || first.seq === seq ? [{ trigger: "TICKET_UPDATED" }] : [];
}

function statusIn(value: unknown): TicketStatus | undefined {
  // Events have enums in lower_snake; the log holds nothing but statuses there.
  return typeof value === "string" ? (value.toUpperCase() as TicketStatus) : undefined;
}

/**
 * What an event says that it changed, with whatever was changed at once, by the fields that conditions call it. Of a list it
 * tells what was taken away and what was added.
 */
export function changesOf({ changes, values, ...event }: TriggeringEvent): Map<string, Change> {
  const found = new Map<string, Change>();
  for (const [field, change] of (changes ?? [event]).flatMap(fieldsOf)) {
    const earlier = found.get(field);
    found.set(field, earlier ? { from: earlier.from, to: change.to } : change);
  }
  for (const [field, to] of Object.entries(values?.new ?? {})) {
    found.set(`ticket.${field}`, { from: values?.old[field] ?? null, to });
  }
  return found;
}

function fieldsOf({ type, data }: ChangeEvent): [string, Change][] {
  const { from, to } = data;
  switch (type) {
    case "STATUS_CHANGED":
      return [["ticket.status", { from: textIn(from), to: textIn(to) }]];
    case "PRIORITY_CHANGED":
      return [["ticket.priority", { from: textIn(from), to: textIn(to) }]];
    case "ASSIGNMENT_CHANGED":
      return [
        ["ticket.assigneeId", { from: textIn(partOf(from, "userId")), to: textIn(partOf(to, "userId")) }],
        ["ticket.teamId", { from: textIn(partOf(from, "teamId")), to: textIn(partOf(to, "teamId")) }],
      ];
    case "TICKET_CHANGED":
      return fieldsOfTicket(data);
    default:
      return [];
  }
}

/** Fields that the log tells the values of. What it was told before it told values has none. */
function fieldsOfTicket({ category, sentiment, tags }: Record<string, unknown>): [string, Change][] {
  const told: [string, Change][] = [];
  if (category !== undefined) told.push(["ticket.category", changeIn(category)]);
  if (sentiment !== undefined) told.push(["ticket.sentiment", changeIn(sentiment)]);
  if (tags !== undefined) {
    told.push(["ticket.tags", { from: textsIn(partOf(tags, "removed")), to: textsIn(partOf(tags, "added")) }]);
  }
  return told;
}

function changeIn(value: unknown): Change {
  return { from: textIn(partOf(value, "from")), to: textIn(partOf(value, "to")) };
}

function textIn(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}

function partOf(whole: unknown, part: string): unknown {
  return typeof whole === "object" && whole !== null ? (whole as Record<string, unknown>)[part] : undefined;
}
