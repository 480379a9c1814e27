import { buildUser, runAsOwner, waitUntil } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { mailQueue } from "../mail/index.ts";
import { listExecutions, listExecutionsQuery } from "../rule-executions/index.ts";
import { createRuleBook } from "../rule-books/index.ts";
import { changeRule, resumeRule } from "../rules/index.ts";
import { changeTicket } from "../tickets/index.ts";
import { withRuleDesk, type RuleDesk } from "./rule-desk.fixture.ts";
import { createRulesHandlers } from "./rules-handlers.ts";

let desk: RuleDesk;
withRuleDesk((opened) => {
  desk = opened;
});

const says = (word: string) => ({ field: "message.text", operator: "contains", value: word });
const tags = (...some: string[]) => [{ type: "add_tags", tags: some }];

describe("a rule for incoming messages", () => {
  test("acts on a message to which its conditions apply, and says so with a receipt", async () => {
    const rule = await desk.rule({ conditions: says("parcel"), actions: tags("parcels") });
    await desk.hear("Where is my PARCEL?");
    expect((await desk.ticket()).tags).toEqual(["parcels"]);
    const [execution] = await desk.read((tx) => tx.aiRuleExecution.findMany({ include: { receipts: true } }));
    expect(execution).toMatchObject({ ruleId: rule.id, version: 1, outcome: "SUCCESS", depth: 0 });
    expect(execution?.receipts).toMatchObject([
      { position: 0, type: "add_tags", effect: { from: [], to: ["parcels"] } },
    ]);
  });

  test("is not acted on where they do not, and the first that failed is recorded, without what the customer wrote", async () => {
    await desk.rule({
      conditions: { all: [{ field: "inbox.channel", operator: "equals", value: "whatsapp" }, says("refund")] },
    });
    await desk.hear("Where is my parcel?");
    expect((await desk.ticket()).tags).toEqual([]);
    const { data: executions } = await listExecutions(desk.manager, listExecutionsQuery.parse({}));
    expect(executions).toMatchObject([{ outcome: "skipped", reason: "condition" }]);
    expect(executions[0]?.failing).toEqual({
      path: "all.1",
      field: "message.text",
      operator: "contains",
      expected: "refund",
    });
  });

  test("acts once, however often its event comes, at the same time too", async () => {
    await desk.rule({ actions: [{ type: "add_note", text: "Seen" }] });
    await desk.write("Hello");
    await Promise.all([desk.repeat(), desk.repeat(), desk.repeat()]);
    await desk.repeat();
    const notes = await desk.read((tx) => tx.message.count({ where: { isInternal: true } }));
    expect(notes).toBe(1);
    expect((await desk.executions()).filter(({ outcome }) => outcome === "SUCCESS")).toHaveLength(1);
  });

  test("leaves what it led to in the log, with its cause", async () => {
    const rule = await desk.rule();
    await desk.hear("Hello");
    const [changed] = await desk.events("TICKET_CHANGED");
    expect(changed).toMatchObject({ actorType: "AI", cause: { rules: [rule.id] } });
    const [executed] = await desk.events("AI_RULE_EXECUTED");
    expect(executed?.data).toMatchObject({ ruleId: rule.id, outcome: "success" });
  });

  test("does all of its actions, or none", async () => {
    await desk.rule({
      actions: [
        { type: "add_note", text: "Seen" },
        ...tags("seen"),
        { type: "set_status", status: "waiting_customer" },
      ],
    });
    await desk.hear("Hello");
    expect(await desk.ticket()).toMatchObject({ tags: ["seen"], status: "WAITING_CUSTOMER" });
    await desk.rule({
      trigger: "ticket_updated",
      conditions: { field: "ticket.status", operator: "changed_to", value: "resolved" },
      actions: [
        { type: "add_note", text: "Not to be" },
        { type: "set_status", status: "pending" },
      ],
    });
    await changeTicket(desk.agent, { id: (await desk.ticket()).id, status: "RESOLVED" });
    await desk.run();
    const failed = await desk.read((tx) => tx.aiRuleExecution.findFirstOrThrow({ where: { outcome: "FAILED" } }));
    expect(failed.error).toMatchObject({
      code: "conflict",
      message: expect.stringContaining(
        "Action 2, set_status: A ticket that is resolved cannot become pending",
      ) as string,
    });
    expect(await desk.read((tx) => tx.message.count({ where: { isInternal: true } }))).toBe(1);
  });
});

describe("what is no work", () => {
  test("is no concern of rules: what a blocked contact writes", async () => {
    await desk.rule();
    await desk.hear("Hello");
    await desk.read((tx) => tx.contact.updateMany({ data: { blockedAt: desk.ctx.clock.now() } }));
    await desk.hear("Hello again");
    expect(await desk.executions()).toEqual([{ outcome: "SUCCESS", reason: null }]);
  });
});

describe("a failure that may pass", () => {
  test("of one event fails its own job, and none that shares the batch", async () => {
    await desk.rule({ actions: [{ type: "add_note", text: "Seen" }] });
    await desk.write("One", { from: "33600000001" });
    await desk.write("Two", { from: "33600000002" });
    const { ctx, tenantId } = desk;
    const [poison, other] = (await desk.events("MESSAGE_RECEIVED")).map(({ seq }) => String(seq));
    await runAsOwner(
      ctx.urls,
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
       create trigger refuse before insert on ai_rule_execution for each row when (new.event_seq = ${poison}) execute function refuse()`,
    );
    const book = createRuleBook(ctx);
    const { handle_events: handle } = createRulesHandlers(ctx, book);
    const settled = await Promise.allSettled(
      [poison, other].map((seq) => handle({ events: [{ tenantId, seqs: [seq ?? ""] }] })),
    );
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    await runAsOwner(ctx.urls, "drop function refuse cascade");
    await handle({ events: [{ tenantId, seqs: [poison ?? ""] }] });
    await book.close();
    expect(await desk.read((tx) => tx.message.count({ where: { isInternal: true } }))).toBe(2);
  });
});

describe("several rules", () => {
  test("are asked in their order, until one that stops the others has acted", async () => {
    await desk.rule({ priority: 2, actions: tags("second"), stopOnMatch: true });
    await desk.rule({ priority: 3, actions: tags("third") });
    await desk.rule({ priority: 1, actions: tags("first") });
    await desk.hear("Hello");
    expect((await desk.ticket()).tags).toEqual(["first", "second"]);
    expect(await desk.executions()).toContainEqual({ outcome: "SKIPPED", reason: "stopped_by_rule" });
  });

  test("that one stops are not asked when the event comes again either", async () => {
    await desk.rule({ priority: 1, actions: tags("first"), stopOnMatch: true });
    await desk.rule({ priority: 2, actions: tags("second") });
    await desk.hear("Hello");
    await desk.repeat();
    expect((await desk.ticket()).tags).toEqual(["first"]);
  });
});

describe("what rules do to each other", () => {
  test("a rule is not asked about what it has itself led to", async () => {
    await desk.rule({
      trigger: "ticket_updated",
      actions: [{ type: "add_note", text: "Changed" }, ...tags("changed")],
    });
    await desk.hear("Hello");
    await changeTicket(desk.agent, { id: (await desk.ticket()).id, priority: "HIGH" });
    await desk.run();
    expect(await desk.executions()).toEqual([
      { outcome: "SUCCESS", reason: null },
      { outcome: "SKIPPED", reason: "own_doing" },
    ]);
  });

  test("a chain of rules ends", async () => {
    const priorities = ["low", "normal", "high", "urgent"];
    for (let n = 0; n < 8; n += 1) {
      await desk.rule({
        trigger: "ticket_updated",
        conditions: { field: "ticket.tags", operator: "contains", value: `step ${n}` },
        actions: [
          ...tags(`step ${n + 1}`),
          { type: "remove_tags", tags: [`step ${n}`] },
          { type: "set_priority", priority: priorities[n % 4] },
        ],
      });
    }
    await desk.hear("Hello");
    await changeTicket(desk.agent, { id: (await desk.ticket()).id, tags: ["step 0"] });
    await desk.run();
    expect((await desk.ticket()).tags).toEqual(["step 5"]);
    expect(await desk.executions()).toContainEqual({ outcome: "SKIPPED", reason: "too_deep" });
  });

  test("a rule leaves a conversation alone while it cools down", async () => {
    await desk.rule({ coolDownSeconds: 60, actions: [{ type: "add_note", text: "Seen" }] });
    await desk.hear("One");
    desk.ctx.clock.advance(59_000);
    await desk.hear("Two");
    desk.ctx.clock.advance(2_000);
    await desk.hear("Three");
    expect(await desk.executions()).toEqual([
      { outcome: "SUCCESS", reason: null },
      { outcome: "SKIPPED", reason: "cool_down" },
      { outcome: "SUCCESS", reason: null },
    ]);
  });

  test("a ticket is acted upon thirty times an hour and no more", async () => {
    await desk.rule({ actions: [{ type: "add_note", text: "Seen" }] });
    for (let n = 0; n < 31; n += 1) await desk.write(`Message ${n}`);
    await desk.run();
    const acted = (await desk.executions()).filter(({ outcome }) => outcome === "SUCCESS");
    expect(acted).toHaveLength(30);
    expect(await desk.executions()).toContainEqual({ outcome: "SKIPPED", reason: "rate_capped" });
  });
});

const failing = [
  { type: "set_status", status: "resolved" },
  { type: "snooze", minutes: 5 },
];
const hearFrom = async (customers: readonly number[]): Promise<void> => {
  for (const customer of customers) {
    await desk.write("Hello", { from: `3360000002${customer}` });
    await desk.run();
  }
};
const suspendedAt = async (id: string) =>
  (await desk.read((tx) => tx.aiRule.findFirstOrThrow({ where: { id } }))).suspendedAt;

describe("a rule that keeps failing", () => {
  test("is suspended, says why, and acts again when it is resumed", async () => {
    const rule = await desk.rule({ actions: failing });
    await desk.rule({ priority: 200, actions: [{ type: "add_note", text: "Seen" }] });
    await hearFrom([0, 1, 2, 3, 4, 5]);
    const [suspended] = await desk.read((tx) => tx.aiRule.findMany({ where: { id: rule.id } }));
    expect(suspended).toMatchObject({
      failuresInARow: 5,
      suspendedReason: expect.stringMatching(/^Action 2, snooze/) as string,
    });
    expect(await desk.events("AI_RULE_SUSPENDED")).toHaveLength(1);
    const ofRule = await desk.read((tx) => tx.aiRuleExecution.count({ where: { ruleId: rule.id } }));
    expect(ofRule).toBe(5);
    // The other one went on.
    expect(await desk.read((tx) => tx.message.count({ where: { isInternal: true } }))).toBe(6);

    await resumeRule(desk.manager, { id: rule.id });
    await desk.hear("Once more");
    expect(await desk.read((tx) => tx.aiRuleExecution.count({ where: { ruleId: rule.id } }))).toBe(6);
  });

  test("is not suspended by a single customer, but by five", async () => {
    const { id } = await desk.rule({ actions: failing });
    await hearFrom([0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 3]);
    expect(await suspendedAt(id)).toBeNull();
    await hearFrom([4]);
    expect(await suspendedAt(id)).not.toBeNull();
  });

  test("begins anew when what it says is changed", async () => {
    const { id } = await desk.rule({ actions: failing });
    await hearFrom([0, 1, 2, 3]);
    expect(await changeRule(desk.manager, { id, coolDownSeconds: 1 })).toMatchObject({ failuresInARow: 0 });
    await hearFrom([4, 5, 6, 7]);
    expect(await suspendedAt(id)).toBeNull();
    await hearFrom([8]);
    expect(await suspendedAt(id)).not.toBeNull();
  });

  test("is made known by mail to those who run the company, each once", async () => {
    const { ctx, tenantId } = desk;
    const roles = ["OWNER", "ADMIN", "MANAGER", "AGENT"] as const;
    const people = await Promise.all(roles.map((role) => buildUser(ctx, { tenantId, role })));
    await desk.rule({ actions: failing });
    await hearFrom([0, 1, 2, 3, 4]);
    const told = (await ctx.jobsOn(mailQueue)).map(({ payload }) => (payload as { userId: string }).userId);
    const times = people.map(({ id }) => told.filter((userId) => userId === id).length);
    expect(times).toEqual([1, 1, 0, 0]);
  });
});

describe("conditions", () => {
  test("are asked again when the rule has its turn", async () => {
    await desk.rule({ priority: 1, actions: [{ type: "set_priority", priority: "urgent" }] });
    await desk.rule({ priority: 2, conditions: { field: "ticket.priority", operator: "equals", value: "normal" } });
    await desk.hear("Hello");
    expect(await desk.executions()).toContainEqual({ outcome: "SKIPPED", reason: "changed_meanwhile" });
    expect((await desk.ticket()).tags).toEqual([]);
  });

  test("know what an event changed", async () => {
    await desk.rule({
      trigger: "ticket_updated",
      conditions: {
        all: [
          { field: "ticket.status", operator: "changed_from", value: "open" },
          { field: "ticket.status", operator: "changed_to", value: "pending" },
        ],
      },
    });
    await desk.hear("Hello");
    await changeTicket(desk.agent, { id: (await desk.ticket()).id, status: "PENDING" });
    await desk.run();
    expect((await desk.ticket()).tags).toEqual(["seen"]);
  });

  test("see all that one request has changed of a ticket, and are asked once about it", async () => {
    await desk.rule({
      trigger: "ticket_updated",
      conditions: {
        all: [
          { field: "ticket.status", operator: "changed_to", value: "pending" },
          { field: "ticket.priority", operator: "changed_to", value: "urgent" },
          { field: "event.actor", operator: "equals", value: "agent" },
        ],
      },
      actions: [{ type: "add_note", text: "Changed" }],
    });
    await desk.hear("Hello");
    const { id } = await desk.ticket();
    await changeTicket(desk.agent, { id, status: "PENDING", priority: "URGENT", category: "delivery", tags: ["a"] });
    await desk.run();
    expect(await desk.executions()).toEqual([{ outcome: "SUCCESS", reason: null }]);
  });

  test("know what a message is about", async () => {
    await desk.rule({ trigger: "return_request", actions: tags("return") });
    await desk.rule({ trigger: "negative_sentiment", actions: tags("angry") });
    await desk.hear("Je veux retourner cet article et être remboursé, c'est inadmissible, je suis très déçu");
    expect((await desk.ticket()).tags.toSorted()).toEqual(["angry", "return"]);
  });
});

describe("a change of the rules", () => {
  test("is seen by a worker that is running, within a second", async () => {
    const rule = await desk.rule({ actions: tags("before") });
    const { ctx, tenantId } = desk;
    const book = createRuleBook(ctx);
    const { handle_events: handle } = createRulesHandlers(ctx, book);
    await desk.write("Hello");
    const [first] = await desk.events("MESSAGE_RECEIVED");
    await handle({ events: [{ tenantId, seqs: [String(first?.seq)] }] });
    expect((await desk.ticket()).tags).toEqual(["before"]);

    await changeRule(desk.manager, { id: rule.id, actions: [{ type: "add_tags", tags: ["after"] }] });
    const changedAt = performance.now();
    await waitUntil(async () => (await book.of(tenantId)).rules[0]?.version === 2, "the change is seen", 5_000);
    expect(performance.now() - changedAt).toBeLessThan(1_000);
    await book.close();
  });

  test("counts from the moment on in which the rule has its turn", async () => {
    const first = await desk.rule({ priority: 1, actions: tags("first") });
    const second = await desk.rule({ priority: 2, actions: tags("second") });
    await desk.write("Hello");
    const { ctx, tenantId } = desk;
    const book = createRuleBook(ctx);
    await book.of(tenantId);
    await desk.read((tx) => tx.aiRule.updateMany({ where: { id: second.id }, data: { isActive: false } }));
    const seqs = (await desk.events("MESSAGE_RECEIVED")).map(({ seq }) => String(seq));
    await createRulesHandlers(ctx, book).handle_events({ events: [{ tenantId, seqs }] });
    await book.close();
    expect((await desk.ticket()).tags).toEqual(["first"]);
    const skipped = await desk.read((tx) => tx.aiRuleExecution.findFirstOrThrow({ where: { outcome: "SKIPPED" } }));
    expect(skipped).toMatchObject({ ruleId: second.id, reason: "rule_changed" });
    expect(first.version).toBe(1);
  });

  test("does not concern what happened before the rule was written", async () => {
    await desk.write("Hello");
    desk.ctx.clock.advance(1_000);
    await desk.rule();
    await desk.run();
    expect(await desk.executions()).toEqual([]);
  });
});
