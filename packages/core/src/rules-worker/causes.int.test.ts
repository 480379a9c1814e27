import { newId } from "@parley/runtime";
import { buildUser } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { createAssign } from "../assignment/index.ts";
import { asSystem, assignTicket, applyTicketChange, changeTicket, lockTicket } from "../tickets/index.ts";
import { withRuleDesk, type RuleDesk } from "./rule-desk.fixture.ts";

let desk: RuleDesk;
let userId: string;
withRuleDesk((opened) => {
  desk = opened;
});

/** Somebody who is given what waits in the inbox, when they are there. */
beforeEach(async () => {
  const { ctx, tenantId } = desk;
  ({ id: userId } = await buildUser(ctx, { tenantId }));
  await ctx.database.withSystem(async (tx) => {
    const { id: inboxId } = await tx.inbox.findFirstOrThrow({ where: { tenantId } });
    await tx.assignmentPolicy.create({ data: { tenantId, id: newId(), inboxId, method: "ROUND_ROBIN" } });
  });
});

const availability = (value: "ONLINE" | "OFFLINE") =>
  desk.ctx.database.withSystem((tx) =>
    tx.membership.updateMany({ where: { tenantId: desk.tenantId, userId }, data: { availability: value } }),
  );

/** Gives what waits; then rules hear of it. */
async function assign(): Promise<void> {
  await createAssign(desk.ctx)(desk.tenantId);
  await desk.run();
}

const given = async () => (await desk.events("ASSIGNMENT_CHANGED")).filter(({ actorType }) => actorType === "SYSTEM");
const unassigns = { trigger: "ticket_updated", actions: [{ type: "assign_user", userId: null }] };
const isAssigned = { field: "ticket.assigneeId", operator: "is_present" };

describe("a ticket that a rule made wait", () => {
  test("is given with the rule's cause, so a rule that takes it away again does so once", async () => {
    const rule = await desk.rule({ ...unassigns, conditions: isAssigned });
    await desk.hear("Hello");
    await availability("ONLINE");
    await assign();
    // Nobody but the customer made it wait the first time.
    expect(await given()).toMatchObject([{ cause: null }]);
    expect((await desk.ticket()).assigneeId).toBeNull();
    await assign();
    expect((await given())[1]?.cause).toMatchObject({ rules: [rule.id] });
    expect((await desk.ticket()).assigneeId).toBe(userId);
    expect(await desk.executions()).toContainEqual({ outcome: "SKIPPED", reason: "own_doing" });
    await assign();
    expect(await given()).toHaveLength(2);
  });

  test("is, when it was put aside by one and its time has come", async () => {
    const rule = await desk.rule({ actions: [{ type: "snooze", minutes: 5 }] });
    await desk.hear("Hello");
    await availability("ONLINE");
    await assign();
    expect(await given()).toEqual([]);
    await desk.fire("wake_ticket");
    const [woken] = await desk.events("TICKET_WOKEN");
    expect(woken?.cause).toMatchObject({ rules: [rule.id] });
    await assign();
    expect((await given())[0]?.cause).toEqual(woken?.cause);
  });

  test("has no cause any more when a person has had it in their hands since", async () => {
    await desk.rule({ ...unassigns, conditions: { ...isAssigned } });
    await desk.hear("Hello");
    const { id } = await desk.ticket();
    await assignTicket(desk.agent, { id, userId });
    await desk.run();
    await desk.read((tx) => tx.aiRule.updateMany({ data: { isActive: false } }));
    await assignTicket(desk.agent, { id, userId });
    await assignTicket(desk.agent, { id, userId: null });
    await availability("ONLINE");
    await assign();
    expect((await given()).at(-1)).toMatchObject({ cause: null, data: { because: "assigned_by_policy" } });
  });

  test("is not one that waited already when a rule only filed it", async () => {
    await desk.rule({ actions: [{ type: "add_tags", tags: ["late"] }] });
    await desk.rule({ actions: [{ type: "set_status", status: "escalated" }] });
    await desk.hear("Hello");
    await availability("ONLINE");
    await assign();
    expect(await given()).toMatchObject([{ cause: null }]);
  });
});

test("a chain of rules ends across assignment as well", async () => {
  const chain = Array.from({ length: 5 }, () => newId());
  await desk.hear("Hello");
  const { ctx, tenantId } = desk;
  const { id } = await desk.ticket();
  await changeTicket(desk.agent, { id, status: "PENDING" });
  await desk.run();
  desk.ctx.clock.advance(1_000);
  await desk.rule({ trigger: "ticket_updated", conditions: isAssigned });
  const acting = { ...ctx, cause: { executionId: newId(), rules: chain } };
  await ctx.database.withSystem(async (tx) => {
    await applyTicketChange(acting, tx, await lockTicket(tx, tenantId, id), { status: "OPEN" }, asSystem("rule"));
  });
  await availability("ONLINE");
  await assign();
  expect((await given())[0]?.cause).toMatchObject({ rules: chain });
  // Of the status, and of who has it.
  const tooDeep = { outcome: "SKIPPED", reason: "too_deep" };
  expect(await desk.executions()).toEqual([tooDeep, tooDeep]);
});
