import { sqlOf } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant, waitForLocks } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Subscription } from "../context/index.ts";
import { reviseSla } from "./revise-sla.ts";
import { createRuleBooks } from "./rule-books.ts";
import { slaTimerQueue } from "./sla-queues.ts";

let ctx: TestContext<Subscription>;
beforeAll(async () => {
  ctx = await createTestContext<Subscription>({ queues: [slaTimerQueue], subscriptions: [] });
});
afterAll(() => ctx.close());

/** Promises something, in the transaction of the revision. */
function revise(tenantId: string): Promise<void> {
  return ctx.database.withTenant(tenantId, async (tx) => {
    const id = newId();
    await tx.slaPolicy.create({ data: { tenantId, id, name: id, position: 0, targets: { default: {} } } });
    await reviseSla(ctx, tx, tenantId);
  });
}

/** Judges by the rules that hold, as one of many, until `end` is called; tells by how many revisions. */
function judge(tenantId: string) {
  const done = Promise.withResolvers<void>();
  const began = Promise.withResolvers<number>();
  const over = ctx.database.withSystem(async (tx) => {
    const revisionsOf = await createRuleBooks().hold(sqlOf(tx), [tenantId]);
    began.resolve(revisionsOf(tenantId).length);
    await done.promise;
  });
  return {
    began: began.promise,
    async end() {
      done.resolve();
      await over;
    },
  };
}

test("a revision takes effect after all that is judged without it, and those who come later wait for it and see it", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  await revise(tenantId);
  const early = judge(tenantId);
  expect(await early.began).toBe(1);
  const revising = revise(tenantId);
  await waitForLocks(ctx.database, 1);
  const late = judge(tenantId);
  await waitForLocks(ctx.database, 2);
  await early.end();
  await revising;
  expect(await late.began).toBe(2);
  await late.end();
});
