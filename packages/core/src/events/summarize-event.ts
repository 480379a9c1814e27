import { EVENT_TYPES, type EventType } from "../context/index.ts";
import {
  describeField,
  describeHolder,
  describeReason,
  namedTicket,
  numberIn,
  textIn,
  textsIn,
  words,
} from "./event-words.ts";
import type { EventNames, ToldEvent } from "./told-event.ts";

interface Teller {
  /** The subject of the sentence: "Agent One", "The customer". */
  who: string;
  /** The same where it is something written that did it: "The customer's message". */
  cause: string;
  event: ToldEvent;
  data: Record<string, unknown>;
  /** ": assigned by policy", where there is a reason that the sentence does not say. */
  why: string;
  names: EventNames;
}

/** What happened, as one line of English without a full stop. */
export function summarizeEvent(event: ToldEvent, names: EventNames): string {
  const { data } = event;
  const who = whoOf(event, names);
  const isCustomer = event.actorType === "CUSTOMER";
  const cause = isCustomer ? "The customer's message" : who;
  const why = isCustomer ? "" : describeReason(data);
  if (!isEventType(event.type)) return `${who}: ${words(event.type)}`;
  return SENTENCES[event.type]({ who, cause, event, data, why, names });
}

function isEventType(type: string): type is EventType {
  return (EVENT_TYPES as readonly string[]).includes(type);
}

function whoOf({ actorType, actorId }: ToldEvent, { members }: EventNames): string {
  switch (actorType) {
    case "CUSTOMER":
      return "The customer";
    case "AI":
      return "The AI";
    case "SYSTEM":
      return "The system";
    case "AGENT":
      // What is written in a channel's own app comes without its author.
      return actorId === null ? "Somebody of the company" : (members.get(actorId) ?? "A former member");
  }
}

const SENTENCES: Readonly<Record<EventType, (told: Teller) => string>> = {
  CONTACT_CREATED: ({ who, event }) =>
    event.actorType === "CUSTOMER" ? "The customer became a contact" : `${who} added the contact`,
  CONTACT_CHANGED: ({ who, data }) => `${who} changed the contact${fieldsIn(data)}`,
  CONTACT_DELETED: ({ who }) => `${who} deleted the contact`,
  CONTACT_MERGED: ({ who, data }) =>
    "into" in data ? `${who} merged the contact into another` : `${who} merged another contact into this one`,
  CONTACT_MERGE_UNDONE: ({ who, data }) =>
    "from" in data
      ? `${who} took the contact out of another again`
      : `${who} took another contact out of this one again`,
  CONTACT_BLOCKED: ({ who }) => `${who} blocked the contact`,
  CONTACT_UNBLOCKED: ({ who }) => `${who} unblocked the contact`,
  PERSON_ERASED: ({ who }) => `${who} erased what was personal about the contact`,
  CONVERSATION_OPENED: ({ cause }) => `${cause} began the conversation`,
  CONVERSATION_CHANGED: ({ who, data, why }) => `${who} changed the conversation${fieldsIn(data)}${why}`,
  TICKET_OPENED: ({ cause, who, data }) =>
    textIn(data, "because") === "split"
      ? `${who} split the ticket off from ${namedTicket(data, "from")}`
      : `${cause} opened the ticket`,
  TICKET_CHANGED: ({ who, data, why }) => `${who} changed the ticket${fieldsIn(data)}${why}`,
  TICKET_SNOOZED: ({ who, data }) =>
    `${who} put the ticket aside until ${timeIn(data, "until") ?? "the customer writes"}`,
  TICKET_WOKEN: ({ cause, why }) => `${cause} took the ticket up again${why}`,
  TICKET_MERGED: ({ who, data }) =>
    "into" in data
      ? `${who} merged the ticket into ${namedTicket(data, "into")}`
      : `${who} merged ${namedTicket(data, "from")} into this one`,
  TICKET_SPLIT: ({ who, data }) => `${who} split ${messagesIn(data)} off into ${namedTicket(data, "into")}`,
  TICKET_LINKED: ({ who, data }) => `${who} linked the ticket with ${namedTicket(data, "with")}`,
  TICKET_UNLINKED: ({ who, data }) => `${who} took away the link with ${namedTicket(data, "with")}`,
  TICKET_FOLLOWED: ({ who, event, data, names, why }) =>
    isSelf(event) ? `${who} follows the ticket` : `${who} made ${memberIn(data, names)} follow the ticket${why}`,
  TICKET_UNFOLLOWED: ({ who, event, data, names }) =>
    isSelf(event)
      ? `${who} follows the ticket no more`
      : `${who} took ${memberIn(data, names)} off the ticket's followers`,
  TICKET_CLOSE_ANNOUNCED: ({ who, data }) =>
    data["isTold"] === false
      ? `${who} could not tell the customer that the ticket is about to be closed`
      : `${who} told the customer that the ticket is about to be closed`,
  TICKET_AUTO_CLOSED: ({ who, why }) => `${who} closed the ticket by itself${why}`,
  STATUS_CHANGED: ({ cause, data, why }) => `${cause} changed the status${fromTo(data)}${why}`,
  PRIORITY_CHANGED: ({ who, data, why }) => `${who} changed the priority${fromTo(data)}${why}`,
  ASSIGNMENT_CHANGED: ({ who, event, data, names, why }) => `${who} ${describeHolder(event, data, names)}${why}`,
  MACRO_RUN: ({ who }) => `${who} ran a macro`,
  MESSAGE_RECEIVED: ({ who, data }) => {
    const type = textIn(data, "type") ?? "text";
    return type === "text" ? `${who} wrote` : `${who} sent a message of type ${words(type)}`;
  },
  MESSAGE_SCHEDULED: ({ who, data }) => `${who} wrote a message to be sent${at(timeIn(data, "sendAt"))}`,
  MESSAGE_QUEUED: ({ who, data, why }) =>
    textIn(data, "because") === "scheduled" ? `${who} queued the message that was scheduled` : `${who} wrote${why}`,
  MESSAGE_CANCELLED: ({ who }) => `${who} took the message back before it was sent`,
  MESSAGE_SENT: ({ who, event }) =>
    event.actorType === "AGENT" && event.actorId === null
      ? `${who} wrote in the channel's own app`
      : `The message of ${lowered(who)} was sent`,
  MESSAGE_STATUS_CHANGED: ({ data, why }) => {
    const code = textIn(data, "errorCode");
    return `The message is ${words(textIn(data, "status") ?? "changed")}${code === undefined ? why : `: ${code}`}`;
  },
  MESSAGE_EDITED: ({ who }) => `${who} edited a message`,
  MESSAGE_REVOKED: ({ who }) => `${who} took a message back`,
  MEDIA_STORED: () => "A file of the conversation was fetched from its channel",
  MEDIA_FAILED: ({ data }) => {
    const reason = textIn(data, "reason");
    return `A file of the conversation could not be fetched from its channel${reason === undefined ? "" : `: ${words(reason)}`}`;
  },
  NOTE_ADDED: ({ who }) => `${who} left a note`,
  SURVEY_ASKED: ({ who }) => `${who} asked the customer how satisfied they are`,
  SURVEY_ANSWERED: ({ who, data }) => {
    const score = numberIn(data, "score");
    return `${who} answered the survey${score === undefined ? "" : ` with ${score} of 5`}`;
  },
  SLA_WARNING: ({ data }) => `The ticket may soon miss its ${promiseIn(data)}`,
  SLA_BREACHED: ({ data }) => `The ticket missed its ${promiseIn(data)}`,
  SLA_RESTORED: ({ data }) => {
    const lateMs = numberIn(data, "lateMs");
    return lateMs === undefined
      ? `The ticket is within the time for its ${promiseIn(data)} again`
      : `The ${promiseIn(data)} of the ticket is done, ${durationOf(lateMs)} late`;
  },
  AI_SUGGESTION_CREATED: ({ who }) => `${who} suggested an answer`,
  AI_REPLY_SENT: ({ who }) => `${who} answered the customer`,
  AI_RULE_EXECUTED: ({ who, why }) => `${who} carried out a rule${why}`,
  AI_RULE_SUSPENDED: ({ who, why }) => `${who} suspended a rule${why}`,
  AI_DRAFT_DECIDED: ({ who, data }) =>
    `${who} ${textIn(data, "state") === "rejected" ? "rejected" : "took up"} what the AI suggested`,
  AI_HANDED_OFF: ({ who, why }) => `${who} left the conversation to people${why}`,
  AI_HELD: ({ who }) => `${who} took over from the AI`,
  AI_RELEASED: ({ who }) => `${who} left the conversation to the AI again`,
  AI_ASSISTED: ({ who, data }) =>
    textIn(data, "task") === "translate" ? `${who} had a text translated` : `${who} had the ticket summed up`,
  AI_MODEL_CALLED: ({ data }) => `A language model was asked${forIn(data)}`,
  QUOTA_WARNING: ({ data }) => `Most of the month's ${meterIn(data)} are used`,
  QUOTA_REACHED: ({ data }) => `The month's ${meterIn(data)} are used up`,
  QUOTA_RECHARGED: ({ data }) => `The company bought ${numberIn(data, "units") ?? "some"} more ${meterIn(data)}`,
  BILLING_MISMATCH: () => "What was used and what was counted differed, and it was counted anew",
  TURN_DUE: () => "The customer has finished writing",
  NO_ANSWER_TIMEOUT: ({ data }) =>
    `The customer has waited ${numberIn(data, "minutes") ?? "some"} minutes for an answer`,
  RULE_DUE: ({ who }) => `${who} looked at the ticket as a rule's schedule says`,
  AVAILABILITY_CHANGED: ({ who, event, data, names }) => {
    const availability = words(textIn(data, "availability") ?? "available");
    return isSelf(event)
      ? `${who} is ${availability} now`
      : `${who} set the availability of ${memberIn(data, names)} to ${availability}`;
  },
  INBOX_PAUSED: ({ who, why }) => `${who} paused the inbox${why}`,
  INBOX_RESUMED: ({ who }) => `${who} resumed the inbox`,
  INVOICE_ISSUED: ({ data }) => `The invoice${ofPeriod(data)} was issued`,
  INVOICE_PAID: ({ data }) => `The invoice${ofPeriod(data)} was paid`,
  CREDIT_NOTE_ISSUED: ({ data }) => `A part of the invoice${ofPeriod(data)} was credited`,
};

function ofPeriod(data: Record<string, unknown>): string {
  const period = textIn(data, "period");
  return period === undefined ? "" : ` of ${period}`;
}

/** " for: suggest reply" */
function forIn(data: Record<string, unknown>): string {
  const task = textIn(data, "task");
  return task === undefined ? "" : ` for: ${words(task)}`;
}

/** "AI actions" */
function meterIn(data: Record<string, unknown>): string {
  const meter = textIn(data, "meter");
  return meter === "ai_actions" ? "AI actions" : words(meter ?? "units");
}

function isSelf({ actorId, data }: ToldEvent): boolean {
  return actorId !== null && data["userId"] === actorId;
}

function memberIn(data: Record<string, unknown>, { members }: EventNames): string {
  return members.get(textIn(data, "userId") ?? "") ?? "a former member";
}

function fieldsIn(data: Record<string, unknown>): string {
  const fields = textsIn(data, "changed").map((field) => describeField(field, data));
  return fields.length === 0 ? "" : `: ${fields.join(", ")}`;
}

function fromTo(data: Record<string, unknown>): string {
  const [from, to] = [textIn(data, "from"), textIn(data, "to")];
  return from === undefined || to === undefined ? "" : ` from ${words(from)} to ${words(to)}`;
}

function messagesIn(data: Record<string, unknown>): string {
  const count = numberIn(data, "messages");
  return count === 1 ? "a message" : `${count ?? "some"} messages`;
}

/** "first response" */
function promiseIn(data: Record<string, unknown>): string {
  return words(textIn(data, "metric") ?? "service_level");
}

/** "2 h 5 min", "40 s" */
function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (seconds < 60) return `${seconds} s`;
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes} min`;
}

/** "2026-01-31 08:00 UTC" */
function timeIn(data: Record<string, unknown>, field: string): string | undefined {
  const time = textIn(data, field);
  return time === undefined ? undefined : `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

function at(time: string | undefined): string {
  return time === undefined ? "" : ` at ${time}`;
}

/** "the system", but "Agent One". */
function lowered(who: string): string {
  return who.replace(/^(The|A|Somebody)\b/, (word) => word.toLowerCase());
}
