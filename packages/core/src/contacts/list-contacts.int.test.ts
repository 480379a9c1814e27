import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildContact, buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listContacts } from "./list-contacts.ts";
import { listContactsQuery } from "./schemas.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());

test("a list that searches says whether it has looked through all that match, also where it shows nobody", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  for (const tags of [["vip"], [], []]) await buildContact(ctx, { tenantId, name: "Customer", tags });
  const agent = actingAs(ctx, { userId: newId(), tenantId });
  const list = async (query: object, mostFound?: number) => {
    const { data, searched } = await listContacts(agent, listContactsQuery.parse(query), {
      ...(mostFound && { mostFound }),
    });
    return [data.length, searched?.isComplete];
  };
  expect(await list({})).toEqual([3, undefined]);
  expect(await list({ search: "customer" })).toEqual([3, true]);
  expect(await list({ search: "nobody" })).toEqual([0, true]);
  expect(await list({ search: "customer" }, 2)).toEqual([2, false]);
  expect(await list({ search: "customer", tag: "vip" }, 2)).toEqual([0, false]);
});
