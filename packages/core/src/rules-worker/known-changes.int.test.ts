import { buildUser } from "@parley/testing";
import { actingAs } from "@parley/queue/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { readEvents, changesOf } from "../rule-events/index.ts";
import { listExecutions, listExecutionsQuery } from "../rule-executions/index.ts";
import { createTicketAttribute, createTicketAttributeInput } from "../ticket-attributes/index.ts";
import { applyTicketChange, asSystem, changeTicket, lockTicket, type ChangeTicketInput } from "../tickets/index.ts";
import { withRuleDesk, type RuleDesk } from "./rule-desk.fixture.ts";

let desk: RuleDesk;
withRuleDesk((opened) => {
  desk = opened;
});

const PERSONAL = "Parcel for Zoe Quidditch";

beforeEach(async () => {
  const { ctx, tenantId } = desk;
  const { id: userId } = await buildUser(ctx, { tenantId, role: "ADMIN" });
  const admin = actingAs(ctx, { userId, tenantId, role: "ADMIN" });
  const definitions = [
    { key: "floor", label: "Floor", type: "choice", options: ["first", "second"] },
    { key: "remark", label: "Remark", type: "text" },
    { key: "boxes", label: "Boxes", type: "number" },
    { key: "gift", label: "Gift", type: "boolean" },
    { key: "due", label: "Due", type: "date" },
  ];
  for (const definition of definitions) {
    await createTicketAttribute(admin, createTicketAttributeInput.parse(definition));
  }
});

type Change = Omit<ChangeTicketInput, "status">;

/** The ticket is as `before` says when the rules are written, and becomes what `after` says. */
async function changes(before: Change, after: Change, write: () => Promise<unknown>): Promise<void> {
  await desk.hear("Hello");
  const { id } = await desk.ticket();
  await changeTicket(desk.agent, { id, ...before });
  desk.ctx.clock.advance(1_000);
  await write();
  desk.ctx.clock.advance(1_000);
  await changeTicket(desk.agent, { id, ...after });
  await desk.run();
}

/** What came of the rules, in their order: "SUCCESS" where they applied. */
async function outcomes(): Promise<(string | undefined)[]> {
  const rules = await desk.read((tx) => tx.aiRule.findMany({ orderBy: { priority: "asc" } }));
  const { data } = await listExecutions(desk.manager, listExecutionsQuery.parse({ limit: 200 }));
  return rules.map(({ id }) => data.find(({ ruleId }) => ruleId === id)?.outcome.toUpperCase());
}

const note = [{ type: "add_note", text: "It changed" }];
const rule = (priority: number, field: string, from: unknown, to: unknown) =>
  desk.rule({
    priority,
    trigger: "ticket_updated",
    conditions: {
      all: [
        { field, operator: "changed_from", value: from },
        { field, operator: "changed_to", value: to },
      ],
    },
    actions: note,
  });

describe("a rule knows of each field what it was and became", () => {
  test.each<[string, Change, Change, unknown, unknown]>([
    ["ticket.subject", { subject: PERSONAL }, { subject: "Another" }, PERSONAL.toUpperCase(), "another"],
    ["ticket.category", { category: "returns" }, { category: "delivery" }, "returns", "delivery"],
    ["ticket.sentiment", {}, { sentiment: "negative" }, null, "negative"],
    ["ticket.orderRef", { orderRef: "4711" }, { orderRef: null }, "4711", null],
    ["ticket.tags", { tags: ["old", "kept"] }, { tags: ["kept", "vip"] }, "old", "vip"],
    ["ticket.attributes.floor", {}, { attributes: { floor: "second" } }, null, "second"],
    ["ticket.attributes.remark", { attributes: { remark: PERSONAL } }, { attributes: { remark: "x" } }, PERSONAL, "x"],
    ["ticket.attributes.boxes", { attributes: { boxes: 2 } }, { attributes: { boxes: 3 } }, 2, 3],
    ["ticket.attributes.gift", { attributes: { gift: true } }, { attributes: { gift: false } }, true, false],
    ["ticket.attributes.due", { attributes: { due: "2026-02-01" } }, { attributes: { due: null } }, "2026-02-01", null],
  ])("%s", async (field, before, after, from, to) => {
    await changes(before, after, async () => {
      await rule(1, field, from, to);
      await rule(2, field, to, from);
    });
    expect(await outcomes()).toEqual(["SUCCESS", "SKIPPED"]);
  });

  test("and that tags that stay, and fields that are not named, do not change", async () => {
    await changes({ tags: ["kept"], category: "returns" }, { tags: ["kept", "new"] }, async () => {
      await rule(1, "ticket.tags", "kept", "new");
      await rule(2, "ticket.category", "returns", "returns");
    });
    expect(await outcomes()).toEqual(["SKIPPED", "SKIPPED"]);
  });

  test("of all that is changed at once", async () => {
    const before = { subject: "One", category: "returns", tags: ["a"] };
    await changes(before, { subject: "Two", category: "delivery", tags: ["b"], priority: "HIGH" }, async () => {
      const all = [
        { field: "ticket.subject", operator: "changed_to", value: "Two" },
        { field: "ticket.category", operator: "changed_from", value: "returns" },
        { field: "ticket.tags", operator: "changed_to", value: "b" },
        { field: "ticket.priority", operator: "changed_to", value: "high" },
      ];
      await desk.rule({ trigger: "ticket_updated", conditions: { all }, actions: note });
    });
    expect(await outcomes()).toEqual(["SUCCESS"]);
  });
});

describe("what people wrote", () => {
  const personal: Change = { subject: PERSONAL, orderRef: PERSONAL, attributes: { remark: PERSONAL } };

  test("is not in the log, nor in what is kept of an execution", async () => {
    await changes(personal, { subject: "x", orderRef: "x", attributes: { remark: "x" } }, async () => {
      for (const field of ["subject", "orderRef", "attributes.remark"]) {
        await rule(1, `ticket.${field}`, "something else", "x");
      }
    });
    const kept = await desk.read(async (tx) => [
      await tx.event.findMany(),
      await tx.aiRuleExecution.findMany({ include: { receipts: true } }),
      await tx.aiSkippedRules.findMany(),
    ]);
    expect(await outcomes()).toEqual(["SKIPPED", "SKIPPED", "SKIPPED"]);
    const text = JSON.stringify(kept, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    expect(text).not.toContain(PERSONAL);
  });

  test("goes with its ticket, and the event is told without it", async () => {
    await desk.hear("Hello");
    const { id } = await desk.ticket();
    await changeTicket(desk.agent, { id, ...personal, category: "returns" });
    const [event] = await desk.events("TICKET_CHANGED");
    const { tenantId, ctx } = desk;
    const known = async () => {
      const [read] = await readEvents(ctx.database.system, [{ tenantId, seq: String(event?.seq) }]);
      return read && Object.fromEntries(changesOf(read));
    };
    const category = { from: null, to: "returns" };
    const changed = { from: null, to: PERSONAL };
    const subject = { from: "Hello", to: PERSONAL };
    expect(await known()).toEqual({
      "ticket.category": category,
      "ticket.subject": subject,
      "ticket.orderRef": changed,
      "ticket.attributes.remark": changed,
    });
    await ctx.database.withSystem((tx) => tx.ticketValueChange.deleteMany({ where: { tenantId, ticketId: id } }));
    expect(await known()).toEqual({ "ticket.category": category });
  });

  test("of several changes in one transaction is kept as it was before and after all of them", async () => {
    await desk.hear("Hello");
    const { ctx, tenantId } = desk;
    const { id } = await desk.ticket();
    await ctx.database.withSystem(async (tx) => {
      for (const subject of ["One", "Two"]) {
        const locked = await lockTicket(tx, tenantId, id);
        await applyTicketChange(ctx, tx, locked, { subject }, asSystem("test"));
      }
    });
    const kept = await desk.read((tx) => tx.ticketValueChange.findMany());
    expect(kept).toMatchObject([{ ticketId: id, oldValues: { subject: "Hello" }, newValues: { subject: "Two" } }]);
  });
});
