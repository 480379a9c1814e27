import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { claimKey } from "./claim-key.ts";
import { onceSealed } from "./once-sealed.ts";
import { prepareOnce } from "./prepare-once.ts";

const SAID = "What a customer wrote";

let ctx: TestContext;
let tenantId: string;
let agent: RequestContext;
let asked: number;

beforeAll(async () => {
  ctx = await createTestContext();
});
afterAll(() => ctx.close());
beforeEach(async () => {
  asked = 0;
  tenantId = (await buildTenant(ctx)).id;
  agent = actingAs(ctx, { userId: (await buildUser(ctx, { tenantId })).id, tenantId });
});

/** A request of its own, as each repetition is one. */
const request = (key: string): RequestContext => ({
  ...agent,
  idempotency: claimKey(key, { method: "POST", path: "/api/v1/ai/understand", body: {} }),
});

const sumUp = (by: RequestContext) =>
  prepareOnce(
    by,
    tenantId,
    async () => ({ b: SAID, a: (asked += 1) }),
    (_tx, summary) => Promise.resolve(summary),
  );

const rows = () => ctx.database.withTenant(tenantId, (tx) => tx.idempotencyKey.findMany());

test("a repetition has the first answer, byte for byte, and asks nobody", async () => {
  const [first, again] = [request("key-1"), request("key-1")];
  const answer = await sumUp(first);
  expect(JSON.stringify(await sumUp(again))).toBe(JSON.stringify(answer));
  expect(asked).toBe(1);
  expect([first.idempotency?.replayed, again.idempotency?.replayed]).toEqual([false, true]);
  expect(await sumUp(request("key-2"))).toEqual({ b: SAID, a: 2 });
});

test("what is kept of the answer cannot be read, nor moved to another key", async () => {
  await sumUp(request("key-1"));
  await sumUp(request("key-2"));
  const kept = await rows();
  expect(kept).toHaveLength(2);
  expect(JSON.stringify(kept.map(({ responseBody }) => responseBody))).not.toContain(SAID);
  const [one] = kept;
  await ctx.database.withTenant(tenantId, (tx) =>
    tx.idempotencyKey.updateMany({ where: { key: "key-2" }, data: { responseBody: one?.responseBody ?? {} } }),
  );
  await expect(sumUp(request("key-2"))).rejects.toThrow();
});

test("without a key nothing is kept", async () => {
  const id = newId();
  const answer = await ctx.database.withTenant(tenantId, (tx) => onceSealed(agent, tx, () => Promise.resolve(id)));
  expect(answer).toBe(id);
  expect(await rows()).toEqual([]);
});
