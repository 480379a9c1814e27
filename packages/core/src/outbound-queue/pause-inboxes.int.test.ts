import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pauseInboxes, type InboxFault } from "./pause-inboxes.ts";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await createTestContext();
});
afterAll(() => ctx.close());

const FAULT: InboxFault["error"] = { code: "190", title: "Access token", detail: "has expired", retryable: false };

const pause = (faults: InboxFault[]) =>
  ctx.database.system.transaction((sql) => pauseInboxes(sql, faults, ctx.clock.now()));

const audited = (tenantId: string) =>
  ctx.database.withTenant(tenantId, (tx) => tx.auditEntry.findMany({ where: { tenantId } }));

test("an inbox that the worker pauses has one entry in its company's audit log, by the system", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  const { id: inboxId } = await buildInbox(ctx, { tenantId });
  const others = await buildTenant(ctx);
  const { id: otherInboxId } = await buildInbox(ctx, { tenantId: others.id });
  const faults = [
    { tenantId, inboxId, error: FAULT },
    { tenantId, inboxId, error: FAULT },
    { tenantId: others.id, inboxId: otherInboxId, error: FAULT },
  ];
  expect(await pause(faults)).toHaveLength(2);
  expect(await audited(tenantId)).toMatchObject([
    {
      actorType: "SYSTEM",
      actorId: null,
      action: "inbox.changed",
      subjectType: "inbox",
      subjectId: inboxId,
      before: { status: "active", pausedReason: null },
      after: { status: "paused", pausedReason: "190: has expired" },
      createdAt: ctx.clock.now(),
    },
  ]);
  expect(await audited(others.id)).toHaveLength(1);

  // It is paused already.
  expect(await pause(faults)).toEqual([]);
  expect(await audited(tenantId)).toHaveLength(1);
});
