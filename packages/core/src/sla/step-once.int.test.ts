import type { Prisma } from "@parley/db";
import { expect, test } from "vitest";
import { openSlaDeskForEachTest, type SlaDesk } from "./sla-desk.fixture.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

const targets = (seconds: number) => ({ default: { firstResponseSeconds: seconds } });
const toPriority = (priority: string) => [{ type: "set_priority", priority }];
const ticketNow = (id: string) =>
  desk.ctx.database.withTenant(desk.tenantId, (tx) => tx.ticket.findFirstOrThrow({ where: { id } }));
const steps = () =>
  desk.ctx.database.withTenant(desk.tenantId, (tx) => tx.slaStep.findMany({ orderBy: { createdAt: "asc" } }));

async function changePolicy(id: string, data: Prisma.SlaPolicyUncheckedUpdateInput): Promise<void> {
  const { tenantId } = desk;
  await desk.revise((tx) => tx.slaPolicy.update({ where: { tenantId_id: { tenantId, id } }, data }));
  await desk.judgeAll();
}

async function missAfter(minutes: number): Promise<void> {
  desk.passMinutes(minutes);
  await desk.fire();
  await desk.escalate();
}

test("an escalation is taken though another one had its place in the policy before", async () => {
  const policy = await desk.promise({
    warnAtPercent: 50,
    targets: targets(3_600),
    escalations: [{ on: "warning", actions: toPriority("HIGH") }],
  });
  const { id } = await desk.open();
  await desk.follow();
  await missAfter(31);
  await changePolicy(policy, { escalations: [{ on: "breach", actions: [{ type: "escalate" }] }] });
  await missAfter(30);
  expect(await ticketNow(id)).toMatchObject({ status: "ESCALATED", priority: "HIGH" });
});

test("a target that was made longer and is missed anew is escalated anew", async () => {
  const policy = await desk.promise({
    targets: targets(600),
    escalations: [{ on: "breach", actions: toPriority("HIGH") }],
  });
  const { id } = await desk.open();
  await desk.follow();
  await missAfter(11);
  await changePolicy(policy, { targets: targets(3_600) });
  await desk.change(id, { priority: "LOW" });
  await missAfter(30);
  expect(await ticketNow(id)).toMatchObject({ priority: "LOW" });
  await missAfter(20);
  expect(await ticketNow(id)).toMatchObject({ priority: "HIGH" });
  expect((await steps()).map(({ state }) => state)).toEqual(["DONE", "DONE"]);
});

test("what is not missed any more, by the time that it would be escalated, is not", async () => {
  const policy = await desk.promise({
    targets: targets(600),
    escalations: [{ on: "breach", actions: [{ type: "escalate" }] }],
  });
  const { id } = await desk.open();
  await desk.follow();
  desk.passMinutes(11);
  await desk.fire();
  await changePolicy(policy, { targets: targets(3_600) });
  await desk.escalate();
  expect(await ticketNow(id)).toMatchObject({ status: "OPEN" });
  expect((await steps()).map(({ state }) => state)).toEqual(["SKIPPED"]);
});

test("what was told of one promise is not taken for told of another, which has its number after an answer was taken back", async () => {
  await desk.promise({
    targets: { default: { nextResponseSeconds: 3_600 } },
    escalations: [{ on: "breach", actions: toPriority("HIGH") }],
  });
  const ticket = await desk.open();
  const taken = await desk.answer(ticket.id);
  await desk.customerWrites(ticket);
  await desk.follow();
  await missAfter(61);
  expect(await ticketNow(ticket.id)).toMatchObject({ priority: "HIGH" });
  await desk.answer(ticket.id);
  desk.passMinutes(1);
  await desk.customerWrites(ticket);
  await desk.cancel(taken);
  await desk.change(ticket.id, { priority: "LOW" });
  await desk.follow();
  // The first was a first response after all; what is awaited now is the first of the next ones.
  expect(await desk.timers(ticket.id)).toMatchObject([{ cycle: 1, state: "RUNNING", escalatedSeconds: null }]);
  await missAfter(61);
  expect(await ticketNow(ticket.id)).toMatchObject({ priority: "HIGH" });
  expect((await desk.told(ticket.id)).map(({ type }) => type)).toEqual([
    "SLA_BREACHED",
    "SLA_RESTORED",
    "SLA_BREACHED",
  ]);
});
