import type { Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import type { CompiledRule } from "../rule-definitions/index.ts";
import { isAboutMessages, readPastEvents, type PastEvents, type RuleEvent } from "../rule-events/index.ts";
import { findDueTickets } from "../rule-schedules/index.ts";
import type { SimulateRuleInput } from "./simulation-schemas.ts";

/** More are not looked at. */
export const MOST_EVENTS = 1_000;
const DEFAULT_DAYS = 7;
const DAY_MS = 86_400_000;

/**
 * The events that a rule is tried on, the newest first: messages that are named, tickets that its schedule finds now, or
 * what it would have heard of. A turn is taken to be one message.
 */
export async function findEventsToTry(
  tx: Tx,
  rule: CompiledRule,
  { tenantId, now, days, messageIds }: Pick<SimulateRuleInput, "days" | "messageIds"> & { tenantId: string; now: Date },
): Promise<PastEvents> {
  if (messageIds) return { events: await eventsOfMessages(tx, tenantId, rule, messageIds), isComplete: true };
  if (rule.schedule) return findDueEvents(tx, tenantId, rule, rule.schedule, now);
  const since = new Date(now.getTime() - (days ?? DEFAULT_DAYS) * DAY_MS);
  const { trigger, answers } = rule;
  const { events, isComplete } = await readPastEvents(tx, { tenantId, trigger, since, most: MOST_EVENTS });
  return { events: answers && isAboutMessages(trigger) ? events.map(asTurn) : events, isComplete };
}

async function eventsOfMessages(
  tx: Tx,
  tenantId: string,
  rule: CompiledRule,
  messageIds: readonly string[],
): Promise<RuleEvent[]> {
  if (!isAboutMessages(rule.trigger)) throw notForMessages();
  const messages = await tx.message.findMany({
    where: { tenantId, id: { in: [...messageIds] }, direction: "INBOUND", ticketId: { not: null } },
    select: { id: true, conversationId: true, ticketId: true, occurredAt: true },
    orderBy: [{ occurredAt: "desc" }, { id: "desc" }],
  });
  assertAllThere(messageIds, new Set(messages.map(({ id }) => id)));
  return messages.map(({ id, occurredAt, ...place }) => {
    const event = madeUp({ tenantId, ...place, type: "MESSAGE_RECEIVED", messageId: id, createdAt: occurredAt });
    return rule.answers ? asTurn(event) : event;
  });
}

async function findDueEvents(
  tx: Tx,
  tenantId: string,
  { id: ruleId }: CompiledRule,
  schedule: NonNullable<CompiledRule["schedule"]>,
  now: Date,
): Promise<PastEvents> {
  const tickets = await findDueTickets(tx, tenantId, schedule);
  const events = tickets.map(({ id: ticketId, conversationId, contactId }) => {
    const place = { tenantId, ticketId, conversationId, contactId, messageId: null };
    return { ...madeUp({ ...place, type: "RULE_DUE", createdAt: now }), data: { ruleId } };
  });
  return { events, isComplete: events.length < MOST_EVENTS };
}

type Essentials = Pick<RuleEvent, "tenantId" | "type" | "conversationId" | "ticketId" | "messageId" | "createdAt">;

/** One that did not happen. Its `seq` only tells it from the others. */
function madeUp(event: Essentials): RuleEvent {
  return {
    seq: newId(),
    actorType: "SYSTEM",
    contactId: null,
    data: {},
    cause: null,
    changes: null,
    values: null,
    ...event,
  };
}

function asTurn(event: RuleEvent): RuleEvent {
  return { ...event, type: "TURN_DUE", data: { messageIds: [event.messageId] } };
}

function assertAllThere(messageIds: readonly string[], found: ReadonlySet<string>): void {
  const fields = messageIds.flatMap((id, index) =>
    found.has(id.toLowerCase())
      ? []
      : [{ path: `messageIds.${index}`, message: "is not a customer's message that belongs to a ticket" }],
  );
  if (fields.length === 0) return;
  throw new DomainError("validation_failed", "Correct what is named in errors and send the request again.", { fields });
}

function notForMessages(): DomainError {
  const message = "are for rules with a trigger that is about messages";
  return new DomainError("validation_failed", `messageIds ${message}.`, { fields: [{ path: "messageIds", message }] });
}
