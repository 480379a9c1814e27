import { ActorType } from "@parley/db";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVENT_TYPES } from "../context/index.ts";
import { summarizeEvent } from "./summarize-event.ts";
import type { EventNames, ToldEvent } from "./told-event.ts";

const ONE = "019aa3a4-5c00-7000-8000-000000000001";
const TWO = "019aa3a4-5c00-7000-8000-000000000002";
const GONE = "019aa3a4-5c00-7000-8000-000000000003";
const TEAM = "019aa3a4-5c00-7000-8000-000000000004";

const names: EventNames = {
  members: new Map([
    [ONE, "Agent One"],
    [TWO, "Agent Two"],
  ]),
  teams: new Map([[TEAM, "Returns"]]),
};

const tell = (type: string, by: string, data: Record<string, unknown> = {}): string => {
  const event =
    by in ActorType ? { actorType: by as ActorType, actorId: null } : { actorType: "AGENT" as const, actorId: by };
  return summarizeEvent({ type, ...event, data }, names);
};

const holder = (userId: string | null, teamId: string | null = null) => ({ userId, teamId });

const FIELDS = ["from", "to", "because", "changed", "until", "into", "with", "userId", "teamId", "status", "score"];
const values = fc.constantFrom<unknown>(
  null,
  true,
  3,
  "some_word",
  ["some_word", 1],
  {},
  { userId: ONE, teamId: GONE },
  { userId: null, teamId: null, number: 7, ticketId: GONE },
);

describe("the summary of an event", () => {
  test.each([
    ["STATUS_CHANGED", ONE, { from: "open", to: "resolved" }, "Agent One changed the status from open to resolved"],
    [
      "STATUS_CHANGED",
      "CUSTOMER",
      { from: "waiting_customer", to: "open", because: "customer_wrote" },
      "The customer's message changed the status from waiting customer to open",
    ],
    ["MESSAGE_RECEIVED", "CUSTOMER", { type: "text" }, "The customer wrote"],
    ["MESSAGE_RECEIVED", "CUSTOMER", { type: "image" }, "The customer sent a message of type image"],
    ["MESSAGE_SENT", "AGENT", { type: "text" }, "Somebody of the company wrote in the channel's own app"],
    ["MESSAGE_SENT", ONE, { attempt: 1 }, "The message of Agent One was sent"],
    ["MESSAGE_SENT", "SYSTEM", { attempt: 1 }, "The message of the system was sent"],
    ["MESSAGE_STATUS_CHANGED", "SYSTEM", { status: "failed", errorCode: "131026" }, "The message is failed: 131026"],
    [
      "ASSIGNMENT_CHANGED",
      "SYSTEM",
      { from: holder(null), to: holder(TWO), because: "assigned_by_policy" },
      "The system gave the ticket to Agent Two: assigned by policy",
    ],
    ["ASSIGNMENT_CHANGED", ONE, { from: holder(null), to: holder(ONE) }, "Agent One took the ticket"],
    ["ASSIGNMENT_CHANGED", ONE, { from: holder(ONE), to: holder(null) }, "Agent One gave the ticket back"],
    [
      "ASSIGNMENT_CHANGED",
      ONE,
      { from: holder(TWO), to: holder(null, TEAM) },
      "Agent One took the ticket from Agent Two and gave it to the team Returns",
    ],
    [
      "ASSIGNMENT_CHANGED",
      GONE,
      { from: holder(null, GONE), to: holder(GONE) },
      "A former member took the ticket and took it from a former team",
    ],
    ["TICKET_OPENED", "CUSTOMER", {}, "The customer's message opened the ticket"],
    [
      "TICKET_OPENED",
      ONE,
      { because: "split", from: { ticketId: GONE, number: 7 } },
      "Agent One split the ticket off from ticket 7",
    ],
    ["TICKET_CHANGED", ONE, { changed: ["tags", "orderRef"] }, "Agent One changed the ticket: tags, order ref"],
    [
      "TICKET_CHANGED",
      ONE,
      {
        changed: ["category", "sentiment", "tags"],
        category: { from: "returns", to: "delivery" },
        sentiment: { from: null, to: "negative" },
        tags: { added: ["late", "vip"], removed: ["new"] },
      },
      "Agent One changed the ticket: category from returns to delivery, sentiment to negative, tags (added late, vip, removed new)",
    ],
    [
      "TICKET_CHANGED",
      ONE,
      { changed: ["category"], category: { from: "returns", to: null } },
      "Agent One changed the ticket: category from returns to nothing",
    ],
    ["TICKET_SNOOZED", ONE, { until: null }, "Agent One put the ticket aside until the customer writes"],
    [
      "TICKET_SNOOZED",
      ONE,
      { until: "2026-01-31T08:00:00.000Z" },
      "Agent One put the ticket aside until 2026-01-31 08:00 UTC",
    ],
    ["TICKET_WOKEN", "SYSTEM", { because: "snooze_ended" }, "The system took the ticket up again: snooze ended"],
    ["TICKET_MERGED", ONE, { into: { ticketId: GONE, number: 7 } }, "Agent One merged the ticket into ticket 7"],
    ["TICKET_MERGED", ONE, { from: { ticketId: GONE, number: 8 } }, "Agent One merged ticket 8 into this one"],
    [
      "TICKET_SPLIT",
      ONE,
      { into: { ticketId: GONE, number: 9 }, messages: 2 },
      "Agent One split 2 messages off into ticket 9",
    ],
    ["TICKET_LINKED", ONE, { with: { ticketId: GONE, number: 9 } }, "Agent One linked the ticket with ticket 9"],
    ["TICKET_FOLLOWED", ONE, { userId: ONE }, "Agent One follows the ticket"],
    [
      "TICKET_FOLLOWED",
      ONE,
      { userId: TWO, because: "mentioned" },
      "Agent One made Agent Two follow the ticket: mentioned",
    ],
    ["AVAILABILITY_CHANGED", ONE, { userId: ONE, availability: "away" }, "Agent One is away now"],
    ["SURVEY_ANSWERED", "CUSTOMER", { score: 5 }, "The customer answered the survey with 5 of 5"],
    ["AI_REPLY_SENT", "AI", {}, "The AI answered the customer"],
    ["AI_ASSISTED", ONE, { task: "summarize_ticket" }, "Agent One had the ticket summed up"],
    ["AI_MODEL_CALLED", "AI", { task: "suggest_reply" }, "A language model was asked for: suggest reply"],
    ["QUOTA_WARNING", "SYSTEM", { meter: "ai_actions" }, "Most of the month's AI actions are used"],
    ["QUOTA_REACHED", "SYSTEM", { meter: "tickets" }, "The month's tickets are used up"],
    ["QUOTA_RECHARGED", "SYSTEM", { meter: "messages", units: 100 }, "The company bought 100 more messages"],
    // What a later version writes, and an older one reads.
    ["TICKET_PRAISED", ONE, {}, "Agent One: ticket praised"],
  ])("%s by %s with %j", (type, by, data, summary) => {
    expect(tell(type, by, data)).toBe(summary);
  });

  test.each(EVENT_TYPES)("is a sentence for %s, whoever did it and whatever is known of it", (type) => {
    const event: fc.Arbitrary<ToldEvent> = fc.record({
      type: fc.constant(type),
      actorType: fc.constantFrom(...Object.values(ActorType)),
      actorId: fc.constantFrom(null, ONE, GONE),
      data: fc.oneof(fc.constant({}), fc.dictionary(fc.constantFrom(...FIELDS), values)),
    });
    fc.assert(
      fc.property(event, (told) => {
        const summary = summarizeEvent(told, names);
        expect(summary).toMatch(/^[A-Z].* .*[^.]$/s);
        expect(summary).not.toMatch(/undefined|null|NaN|\[object|[0-9a-f]{8}-[0-9a-f]{4}/);
      }),
      { numRuns: 50 },
    );
  });
});
