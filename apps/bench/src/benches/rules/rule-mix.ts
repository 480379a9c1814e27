import { createRuleInput, type CreateRuleInput } from "@parley/core/rule-definitions";
import { createRandom } from "../../statistics.ts";

export const TENANTS = 20;
export const RULES_PER_TENANT = 50;

export type Condition = CreateRuleInput["conditions"];
export type Test = Extract<Condition, { field: string }>;
/** Draws a number below `below`, or one of a list. */
interface Draw {
  below: (this: void, below: number) => number;
  one: <T>(this: void, list: readonly T[]) => T;
}

const WORDS = [
  "order",
  "parcel",
  "refund",
  "return",
  "invoice",
  "broken",
  "late",
  "label",
  "size",
  "voucher",
  "tracking",
  "address",
  "cancel",
  "manager",
  "price",
  "exchange",
];
/** In the syntax that RE2 and PostgreSQL have in common. */
const PATTERNS = [
  "(order|parcel|package) (number )?#?[0-9]+",
  "(where|when) (is|are|will) (my|the)",
  "(not|never) (yet )?(arrived|received|delivered)",
  "[a-z]{2}-[0-9]{4,}",
  "^(hello|hi|good (morning|evening))",
  "(money|refund).*(back|days|weeks)",
  "(speak|talk) (to|with) (a|an|your) (human|person|agent|manager)",
];
const INTENTS = ["order_issue", "return_request", "delivery", "invoice", "complaint", "cancellation"];

const test = (field: string, operator: Test["operator"], value?: Test["value"]): Test => ({ field, operator, value });

/** What companies ask of a message and its ticket: flat and nested, cheap and dear. */
const ABOUT_MESSAGES: readonly ((draw: Draw) => Condition)[] = [
  ({ one }) => ({
    all: [
      test("inbox.channel", "equals", "whatsapp"),
      test("message.text", "contains", [one(WORDS), one(WORDS), one(WORDS)]),
    ],
  }),
  ({ one }) => ({
    any: [test("message.text", "matches", one(PATTERNS)), test("message.intent", "equals", one(INTENTS))],
  }),
  ({ one, below }) => ({
    all: [
      test("ticket.priority", "greater_than", one(["low", "normal"])),
      {
        any: [test("message.text", "contains", one(WORDS)), test("message.text", "starts_with", one(["hello", "hi"]))],
      },
      { none: [test("ticket.tags", "contains", "vip"), test("ticket.attributes.floor", "greater_than", below(5))] },
    ],
  }),
  ({ below }) => ({
    all: [
      test("message.language", "in", ["en", "fr"]),
      test("message.sentimentScore", "less_than", -0.1 * below(8)),
      test("conversation.unreadCount", "greater_than", below(3)),
    ],
  }),
  ({ one }) => ({
    all: [
      test("message.urgency", "greater_than", "low"),
      test("ticket.status", "in", ["open", "escalated"]),
      test("message.text", "not_contains", one(WORDS)),
      { any: [test("message.text", "matches", one(PATTERNS)), test("message.text", "matches", one(PATTERNS))] },
    ],
  }),
  ({ one }) => ({
    all: [
      test("ticket.attributes.shop", "equals", one(["north", "south", "east", "west"])),
      test("message.intent", "in", [one(INTENTS), one(INTENTS)]),
      {
        none: [
          test("ticket.category", "equals", one(["delivery", "billing"])),
          test("ticket.isAnswered", "equals", true),
        ],
      },
    ],
  }),
  ({ below }) => ({
    all: [test("message.orderNumbers", "is_present"), test("ticket.reopenedCount", "greater_than", below(2))],
  }),
];

const ABOUT_CHANGES: readonly ((draw: Draw) => Condition)[] = [
  ({ one }) => ({
    all: [
      test("ticket.priority", "changed_to", one(["high", "urgent"])),
      test("ticket.assigneeId", "is_present", false),
      { none: [test("ticket.tags", "contains", one(["vip", "late"]))] },
    ],
  }),
  ({ one }) => ({
    all: [
      test("ticket.priority", "in", ["high", "urgent"]),
      test("ticket.category", "equals", one(["delivery", "billing"])),
    ],
  }),
];

/** Of fifty rules, by trigger: most look at messages. */
const TRIGGERS = [
  ["incoming_message", 32],
  ["order_issue", 3],
  ["return_request", 3],
  ["negative_sentiment", 3],
  ["ticket_opened", 3],
  ["ticket_updated", 6],
] as const;

/** The rules of a tenant, the same in every run. Each tags the ticket; `narrow` may add to what it asks. */
export function mixOfRules(
  tenant: number,
  narrow: (condition: Condition) => Condition = (it) => it,
): CreateRuleInput[] {
  const random = createRandom(1_000 + tenant);
  const below = (limit: number): number => Math.floor(random() * limit);
  const draw: Draw = {
    below,
    one(list) {
      const found = list[below(list.length)];
      if (found === undefined) throw new Error("there is nothing to draw from");
      return found;
    },
  };
  const triggers = TRIGGERS.flatMap(([trigger, count]) => Array.from({ length: count }, () => trigger));
  return triggers.map((trigger, index) => {
    const kinds = trigger === "ticket_updated" ? ABOUT_CHANGES : ABOUT_MESSAGES;
    return createRuleInput.parse({
      name: `Rule ${index}`,
      trigger,
      executionMode: "auto_execute",
      priority: 100 + below(100),
      conditions: narrow(draw.one(kinds)(draw)),
      actions: [{ type: "add_tags", tags: [`rule-${index}`] }],
    });
  });
}
