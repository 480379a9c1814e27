import { waitUntil } from "@parley/testing";
import { expect, test } from "vitest";
import { lockTicket } from "../tickets/index.ts";
import { withRuleDesk, type RuleDesk } from "./rule-desk.fixture.ts";

let desk: RuleDesk;
withRuleDesk((opened) => {
  desk = opened;
});

const CUSTOMERS = Array.from({ length: 6 }, (_empty, index) => `3360000010${index}`);
const says = (word: string) => ({ field: "message.text", operator: "contains", value: word });
const tagged = () => desk.read((tx) => tx.ticket.count({ where: { tags: { has: "seen" } } }));

test("what one rule is refused is undone and recorded, and all others act as if they were alone", async () => {
  await desk.rule({ conditions: says("good") });
  const refused = [
    { type: "set_status", status: "resolved" },
    { type: "snooze", minutes: 5 },
  ];
  await desk.rule({ conditions: says("bad"), actions: refused });
  for (const [index, from] of CUSTOMERS.entries()) await desk.write(index === 3 ? "bad" : "good", { from });
  await desk.run();
  expect(await tagged()).toBe(5);
  expect(await desk.read((tx) => tx.ticket.count({ where: { status: "OPEN" } }))).toBe(6);
  const outcomes = (await desk.executions()).map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === "SUCCESS")).toHaveLength(5);
  expect(outcomes.filter((outcome) => outcome === "FAILED")).toHaveLength(1);
  expect(await desk.events("AI_RULE_EXECUTED")).toHaveLength(5);
});

test("each change names the rule that led to it, although many are written at once", async () => {
  const one = await desk.rule({ conditions: says("one") });
  const other = await desk.rule({ conditions: says("other") });
  for (const [index, from] of CUSTOMERS.entries()) await desk.write(index % 2 === 0 ? "one" : "other", { from });
  await desk.run();
  const changes = await desk.events("TICKET_CHANGED");
  const executions = await desk.read((tx) => tx.aiRuleExecution.findMany({ where: { outcome: "SUCCESS" } }));
  expect(changes).toHaveLength(6);
  for (const { ticketId, cause } of changes) {
    const execution = executions.find((each) => each.ticketId === ticketId);
    expect(cause).toEqual({ executionId: execution?.id, rules: [execution?.ruleId] });
  }
  expect(new Set(executions.map(({ ruleId }) => ruleId))).toEqual(new Set([one.id, other.id]));
});

test("a ticket that somebody holds delays no other, and has its turn afterwards", async () => {
  await desk.rule();
  for (const from of CUSTOMERS) await desk.write("Hello", { from });
  const { id } = await desk.ticket();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const holding = desk.ctx.database.withSystem(async (tx) => {
    await lockTicket(tx, desk.tenantId, id);
    hold();
    await released;
  });
  await held;
  const running = desk.run();
  await waitUntil(async () => (await tagged()) === 5, "all but the one that is held are tagged");
  release();
  await Promise.all([holding, running]);
  expect(await tagged()).toBe(6);
});
