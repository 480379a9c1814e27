import { newId } from "@parley/runtime";
import {
  buildContact,
  buildConversation,
  buildMessage,
  buildTicket,
  buildUser,
  type BuiltConversation,
  type BuiltTicket,
} from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, type Answer, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: Client;
let conversation: BuiltConversation;
let ticket: BuiltTicket;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const tenantId = desk.tenant.id;
  const { id: userId } = await buildUser(api.context, { tenantId, role: "MANAGER" });
  manager = desk.as({ userId });
  const contact = await buildContact(api.context, { tenantId, name: "Ada Example" });
  conversation = await buildConversation(api.context, { tenantId, contactId: contact.id });
  ticket = await buildTicket(api.context, conversation, { tags: ["old"], priority: "LOW" });
});

const DAY_MS = 86_400_000;
const ago = (days: number): Date => new Date(api.context.clock.now().getTime() - days * DAY_MS);
const says = (word: string) => ({ field: "message.text", operator: "contains", value: word });
const tags = [{ type: "add_tags", tags: ["late"] }];

async function write(given: object = {}): Promise<string> {
  const rule = { name: "Rule", trigger: "incoming_message", actions: tags, ...given };
  const { status, body } = await manager.post("/ai/rules", rule);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.data.id;
}

/** A message of the customer, with the event that tells of it. */
async function hear(text: string, at = ago(1), cause?: object): Promise<string> {
  const { tenantId, id: conversationId, contactId } = conversation;
  const { id: messageId } = await buildMessage(api.context, conversation, {
    ticketId: ticket.id,
    content: { text },
    occurredAt: at,
  });
  await tell("MESSAGE_RECEIVED", at, { tenantId, conversationId, contactId, messageId, ...(cause && { cause }) });
  return messageId;
}

async function tell(type: string, at = ago(1), given: object = {}): Promise<void> {
  const { tenantId, id: conversationId } = conversation;
  const event = { tenantId, type, conversationId, ticketId: ticket.id, actorType: "CUSTOMER" as const, createdAt: at };
  await api.context.database.withSystem((tx) => tx.event.create({ data: { ...event, ...given } }));
}

const simulate = (id: string, body: object = {}, client = manager): Promise<Answer> =>
  client.post(`/ai/rules/${id}/simulate`, body);
const simulated = async (id: string, body: object = {}) => {
  const answer = await simulate(id, body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.data;
};

/** All that a rule could have changed. */
const state = () =>
  api.context.database.withSystem(async (tx) => {
    const where = { tenantId: desk.tenant.id };
    return {
      tickets: await tx.ticket.findMany({ where }),
      messages: await tx.message.findMany({ where }),
      events: await tx.event.findMany({ where }),
      executions: await tx.aiRuleExecution.findMany({ where }),
      rules: await tx.aiRule.findMany({ where }),
      timers: await tx.timer.findMany({ where }),
      audit: await tx.auditEntry.count({ where }),
    };
  });

describe("over the last days", () => {
  test("a rule tells what it would have applied to, with every comparison, and changes nothing", async () => {
    const id = await write({
      conditions: { all: [says("parcel"), { field: "ticket.priority", operator: "equals", value: "low" }] },
    });
    const parcel = await hear("Where is my PARCEL?", ago(2));
    const other = await hear("Thank you", ago(1));
    await hear("Another parcel", ago(9));
    await tell("TICKET_OPENED");
    const before = await state();
    const simulation = await simulated(id);
    expect(simulation).toMatchObject({ trigger: "incoming_message", looked: 2, wouldFire: 1, isComplete: true });
    const actual = "Where is my PARCEL?";
    expect(simulation.results).toEqual([
      {
        eventId: expect.stringMatching(/^\d+$/),
        occurredAt: ago(2).toISOString(),
        ticketId: ticket.id,
        messageId: parcel,
        isTriggered: true,
        fires: true,
        tests: [
          { path: "all.0", field: "message.text", operator: "contains", expected: "parcel", actual, holds: true },
          { path: "all.1", field: "ticket.priority", operator: "equals", expected: "low", actual: "low", holds: true },
        ],
        actions: [
          {
            type: "add_tags",
            changes: [{ field: "tags", from: ["old"], to: ["old", "late"] }],
            text: null,
            refusedBecause: null,
          },
        ],
      },
      expect.objectContaining({ messageId: other, fires: false, actions: [] }),
    ]);
    expect((await simulated(id, { days: 10 })).wouldFire).toBe(2);
    expect(await simulated(id, { days: 10, limit: 1 })).toMatchObject({ looked: 3, results: [{ fires: true }] });
    expect(await state()).toEqual(before);
  });

  test("what it might say instead is tried in its place, and is not kept", async () => {
    const id = await write({ conditions: says("parcel") });
    await hear("A refund, please");
    expect((await simulated(id)).wouldFire).toBe(0);
    const definition = { conditions: says("refund"), actions: [{ type: "set_priority", priority: "high" }] };
    const { wouldFire, results } = await simulated(id, { definition });
    expect([wouldFire, results[0].actions[0].changes]).toEqual([1, [{ field: "priority", from: "low", to: "high" }]]);
    expect((await manager.get(`/ai/rules/${id}`)).body.data).toMatchObject({ version: 1, conditions: says("parcel") });
    const wrong = await simulate(id, { definition: { conditions: { field: "x", operator: "equals", value: 1 } } });
    expect([wrong.status, wrong.body.errors]).toMatchObject([400, [{ message: "there is no field x" }]]);
    expect((await simulate(id, { definition: { isActive: true } })).status).toBe(400);
  });

  test("only what its trigger looks at counts, and not what it led to itself", async () => {
    const updated = await write({ name: "Updated", trigger: "ticket_updated" });
    const reopened = await write({ name: "Reopened", trigger: "ticket_reopened" });
    const upset = await write({ name: "Upset", trigger: "negative_sentiment" });
    await hear("Hello");
    await tell("STATUS_CHANGED", ago(1), { data: { from: "resolved", to: "open" } });
    await tell("STATUS_CHANGED", ago(1), { data: { from: "open", to: "pending" } });
    await tell("TICKET_CHANGED", ago(1), { cause: { executionId: newId(), rules: [updated] } });
    expect((await simulated(updated)).looked).toBe(2);
    expect((await simulated(reopened)).looked).toBe(1);
    expect((await simulated(upset)).looked).toBe(0);
    const definition = { conditions: { field: "ticket.status", operator: "changed_to", value: "pending" } };
    expect((await simulated(updated, { definition })).wouldFire).toBe(1);
  });

  test("tells what a field was and became, also where it is what people wrote", async () => {
    const conditions = {
      all: [
        { field: "ticket.subject", operator: "changed_to", value: "second" },
        { field: "ticket.category", operator: "changed_from", value: "returns" },
        { field: "ticket.tags", operator: "changed_to", value: "vip" },
        { field: "ticket.orderRef", operator: "changed_to", value: "4711" },
      ],
    };
    const id = await write({ trigger: "ticket_updated", conditions });
    const path = `/tickets/${ticket.id}`;
    await manager.patch(path, { subject: "First", category: "returns" });
    await manager.patch(path, { subject: "Second", category: "delivery", tags: ["vip"], status: "pending" });
    const { looked, results } = await simulated(id);
    // What one request changed is looked at once, however many events tell of it.
    expect(looked).toBe(2);
    expect(results[0].tests).toMatchObject([
      { actual: "Second", changed: { from: "First", to: "Second" }, holds: true },
      { actual: "returns", changed: { from: "returns", to: "delivery" }, holds: true },
      { actual: ["vip"], changed: { from: ["old"], to: ["vip"] }, holds: true },
      { actual: null, holds: false },
    ]);
    expect(results[0].tests[3]).not.toHaveProperty("changed");
    expect(results[1].tests[0]).toMatchObject({ actual: "First", holds: false });
  });

  test("no more than the newest thousand are looked at, and that is said", async () => {
    const id = await write({ trigger: "ticket_opened" });
    const { tenantId, id: conversationId } = conversation;
    const row = { tenantId, type: "TICKET_OPENED", conversationId, ticketId: ticket.id, actorType: "SYSTEM" } as const;
    await api.context.database.withSystem((tx) =>
      tx.event.createMany({ data: Array.from({ length: 1_001 }, () => ({ ...row, createdAt: ago(1) })) }),
    );
    const { looked, wouldFire, isComplete, results } = await simulated(id);
    expect([looked, wouldFire, isComplete, results.length]).toEqual([1_000, 1_000, false, 50]);
  });
});

describe("on messages that are named", () => {
  test("each is told of, also one that the rule does not look at", async () => {
    const id = await write({ trigger: "return_request" });
    const messageId = await hear("Hello", ago(40));
    const { looked, wouldFire, results } = await simulated(id, { messageIds: [messageId] });
    expect([looked, wouldFire]).toEqual([1, 0]);
    expect(results).toMatchObject([{ eventId: null, messageId, isTriggered: false, fires: false }]);
  });

  test("a rule that answers takes each to be a turn, and shows what it would write", async () => {
    const id = await write({
      conditions: says("parcel"),
      actions: [{ type: "send_reply", text: "Hello {{ contact.firstName }}" }],
    });
    const messageId = await hear("My parcel");
    const other = await hear("Hello");
    const { results } = await simulated(id, { messageIds: [messageId, other] });
    expect(results).toMatchObject([
      { messageId, fires: true, actions: [{ type: "send_reply", text: "Hello Ada", refusedBecause: null }] },
      { messageId: other, isTriggered: true, fires: false },
    ]);
    expect(await simulated(id)).toMatchObject({ looked: 2, wouldFire: 1 });
  });

  test("other people's are refused, and messages of ours, and days beside them, and triggers that are about none", async () => {
    const id = await write();
    const opened = await write({ name: "Opened", trigger: "ticket_opened" });
    const messageId = await hear("Hello");
    const ours = await buildMessage(api.context, conversation, { direction: "OUTBOUND", ticketId: ticket.id });
    const refused = await simulate(id, { messageIds: [messageId, newId(), ours.id] });
    expect([refused.status, refused.body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      ["messageIds.1", "messageIds.2"],
    ]);
    expect((await simulate(id, { messageIds: [messageId], days: 3 })).status).toBe(400);
    expect((await simulate(opened, { messageIds: [messageId] })).body.errors).toMatchObject([{ path: "messageIds" }]);
    const theirs = await openDesk(api);
    const [tenantId, contact] = [theirs.tenant.id, await buildContact(api.context, { tenantId: theirs.tenant.id })];
    const elsewhere = await buildConversation(api.context, { tenantId, contactId: contact.id });
    const foreign = await buildMessage(api.context, elsewhere, {
      ticketId: (await buildTicket(api.context, elsewhere)).id,
    });
    expect((await simulate(id, { messageIds: [foreign.id] })).status).toBe(400);
  });
});

test("a rule with a schedule is tried on the tickets that it finds now", async () => {
  const schedule = { cron: "0 9 * * *", filter: { tag: ["old"] } };
  const id = await write({ trigger: "schedule", schedule });
  expect(await simulated(id)).toMatchObject({
    looked: 1,
    wouldFire: 1,
    results: [{ ticketId: ticket.id, eventId: null }],
  });
  const definition = { schedule: { cron: "0 9 * * *", filter: { tag: ["new"] } } };
  expect((await simulated(id, { definition })).looked).toBe(0);
});

const actionsOf = async (actions: object[]) => {
  const id = await write({ name: newId(), conditions: says("parcel") });
  const messageId = await hear("My parcel");
  const { results } = await simulated(id, { messageIds: [messageId], definition: { actions } });
  return results[0].actions;
};
const reasonsOf = async (actions: object[]): Promise<string[]> =>
  (await actionsOf(actions)).map(({ refusedBecause }: { refusedBecause: string }) => refusedBecause);
const done = (type: string, changes: object[], text: string | null = null) => ({
  type,
  changes,
  text,
  refusedBecause: null,
});

describe("actions", () => {
  test("are told with what was before and after, each on top of those before it", async () => {
    const { data: team } = (await manager.post("/teams", { name: "Returns" })).body;
    const actions = await actionsOf([
      { type: "add_note", text: "For {{ contact.name }}" },
      { type: "add_tags", tags: ["a"] },
      { type: "remove_tags", tags: ["old"] },
      { type: "set_category", category: "delivery" },
      { type: "set_priority", priority: "low" },
      { type: "assign_user", userId: desk.agent.id },
      { type: "escalate", teamId: team.id, note: "Look" },
      { type: "snooze", minutes: 60 },
      { type: "draft_reply", compose: true },
    ]);
    const until = new Date(api.context.clock.now().getTime() + 3_600_000).toISOString();
    expect(actions).toEqual([
      done("add_note", [], "For Ada Example"),
      done("add_tags", [{ field: "tags", from: ["old"], to: ["old", "a"] }]),
      done("remove_tags", [{ field: "tags", from: ["old", "a"], to: ["a"] }]),
      done("set_category", [{ field: "category", from: null, to: "delivery" }]),
      done("set_priority", []),
      done("assign_user", [{ field: "assigneeId", from: null, to: desk.agent.id }]),
      done(
        "escalate",
        [
          { field: "status", from: "open", to: "escalated" },
          { field: "teamId", from: null, to: team.id },
        ],
        "Look",
      ),
      done("snooze", [{ field: "snoozedUntil", from: null, to: until }]),
      done("draft_reply", []),
    ]);
  });

  test("are told with the reason why they could not be done", async () => {
    await api.context.database.withSystem((tx) =>
      tx.ticket.update({
        where: { tenantId_id: { tenantId: ticket.tenantId, id: ticket.id } },
        data: { status: "CLOSED" },
      }),
    );
    const reply = { type: "send_reply", text: "Your order {{ ticket.orderRef }}" };
    expect(await reasonsOf([{ type: "set_status", status: "pending" }, reply])).toEqual([
      "A ticket that is closed cannot become pending.",
      "There is no value here for ticket.orderRef; write the reply yourself.",
    ]);
    expect(await reasonsOf([{ type: "snooze", minutes: 5 }])).toEqual([
      "Only a ticket that is being worked on can be put aside; reopen it first.",
    ]);
    const other = await buildTicket(api.context, conversation);
    expect(await reasonsOf([{ type: "set_status", status: "open" }])).toEqual([
      `Ticket ${other.number} of the same conversation is being worked on.`,
    ]);
  });
});

test("a key also needs to be allowed to read what is shown", async () => {
  const id = await write();
  const admin = desk.admin;
  const { key } = await makeKey(api, { tenantId: desk.tenant.id, owner: admin, scopes: ["ai_rules.manage"] });
  const answer = await ask(api, key, { method: "POST", path: `/ai/rules/${id}/simulate`, payload: {} });
  expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining("contacts.read")]);
});

test("an answer under an Idempotency-Key comes again as it was", async () => {
  const id = await write();
  await hear("Hello");
  const headers = { "idempotency-key": newId() };
  const first = await manager.post(`/ai/rules/${id}/simulate`, {}, headers);
  await hear("Hello again");
  const second = await manager.post(`/ai/rules/${id}/simulate`, {}, headers);
  expect(second.body).toEqual(first.body);
  expect(second.headers["idempotency-replayed"]).toBe("true");
});
