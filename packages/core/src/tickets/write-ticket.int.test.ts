import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildConversation, buildTenant, buildTicket, buildUser } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TicketWrite } from "../context/index.ts";
import { writeTicket, writeTickets } from "./write-ticket.ts";

let ctx: TestContext;
let tenantId: string;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
  tenantId = (await buildTenant(ctx)).id;
});
afterAll(() => ctx.close());

const UPDATED_AT = new Date("2026-05-01T10:00:00.123Z");
const ticket = async () => buildTicket(ctx, await buildConversation(ctx, { tenantId }), { tags: ["old"] });
const write = (id: string, values: TicketWrite["values"], reopens = false): TicketWrite => ({
  tenantId,
  id,
  values,
  updatedAt: UPDATED_AT,
  reopens,
});
const stored = (id: string) => ctx.database.withTenant(tenantId, (tx) => tx.ticket.findFirstOrThrow({ where: { id } }));

/** All that a change can set, with what a text format may trip over. */
async function everything(): Promise<TicketWrite["values"]> {
  const user = await buildUser(ctx, { tenantId });
  const team = { tenantId, id: newId(), name: "Returns" };
  await ctx.database.withSystem((tx) => tx.team.create({ data: team }));
  return {
    status: "WAITING_CUSTOMER",
    priority: "URGENT",
    subject: 'a "quoted", {braced} \\ subject',
    category: "",
    sentiment: "negative",
    orderRef: null,
    tags: ["a,b", 'c"d', "{}", "NULL"],
    attributes: { shop: "north", floor: 2, open: true },
    assigneeId: user.id,
    teamId: team.id,
    resolvedAt: new Date("2026-04-01T08:00:00.001Z"),
    snoozedAt: new Date("2026-04-02T08:00:00Z"),
    snoozedUntil: null,
  };
}

test("several tickets are written as each would be by itself", async () => {
  const [one, other] = [await ticket(), await ticket()];
  const values = await everything();
  const alone = await ctx.database.withSystem((tx) => writeTicket(tx, write(one.id, values, true)));
  const [together] = await ctx.database.withSystem((tx) => writeTickets(tx, [write(other.id, values, true)]));
  const { id, number, conversationId, contactId, inboxId, createdAt } = other;
  expect(together).toEqual({ ...alone, id, number, conversationId, contactId, inboxId, createdAt });
  expect(together).toMatchObject({ ...values, updatedAt: UPDATED_AT, version: other.version + 1, reopenedCount: 1 });
  expect(await stored(other.id)).toEqual(together);
});

test("of each ticket only what is given changes, and they come back in the order in which they were given", async () => {
  const [first, second, third] = [await ticket(), await ticket(), await ticket()];
  const writes = [write(third.id, { tags: [] }), write(first.id, { priority: "LOW" }), write(second.id, {})];
  const written = await ctx.database.withSystem((tx) => writeTickets(tx, writes));
  const moved = (before: typeof first) => ({ ...before, version: before.version + 1, updatedAt: UPDATED_AT });
  expect(written).toEqual([{ ...moved(third), tags: [] }, { ...moved(first), priority: "LOW" }, moved(second)]);
});

test("a ticket that is gone is a fault of whoever should hold it", async () => {
  const [here, gone] = [await ticket(), await ticket()];
  await ctx.database.withSystem((tx) => tx.ticket.deleteMany({ where: { id: gone.id } }));
  const writing = ctx.database.withSystem((tx) => writeTickets(tx, [write(here.id, {}), write(gone.id, {})]));
  await expect(writing).rejects.toThrow("is gone although it was locked");
  expect((await stored(here.id)).version).toBe(here.version);
});
