import type { StatusPart } from "@parley/channels";
import { newId } from "@parley/runtime";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildConversation, buildMessage, buildTenant, type BuiltMessage } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { publishEventsSql } from "../events/index.ts";
import { retryMessage } from "../messages/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { applyUpdates } from "./apply-updates.ts";

let ctx: TestContext;
let message: BuiltMessage;

beforeAll(async () => {
  ctx = await createTestContext({ queues: [outboundQueue] });
});
afterAll(() => ctx.close());

beforeEach(async () => {
  const tenant = await buildTenant(ctx);
  const conversation = await buildConversation(ctx, { tenantId: tenant.id });
  message = await buildMessage(ctx, conversation, { direction: "OUTBOUND", status: "SENT", attempts: 1 });
  const { tenantId, id: messageId, externalId } = message;
  await ctx.database.withSystem((tx) =>
    tx.outboundAttempt.create({
      data: { tenantId, id: newId(), messageId, number: 1, state: "ACCEPTED", externalId, requestedAt: new Date() },
    }),
  );
});

async function tell(...statuses: StatusPart["status"][]): Promise<void> {
  const updates = statuses.map((status) => ({
    tenantId: message.tenantId,
    inboxId: message.inboxId,
    part: {
      kind: "status",
      account: "1",
      externalId: message.externalId ?? "",
      reference: { messageId: message.id, attempt: 1 },
      status,
      occurredAt: new Date("2026-01-01T10:00:00Z"),
      ...(status === "FAILED" ? { error: { code: "131026", title: "t", detail: "d", retryable: false } } : {}),
    } satisfies StatusPart,
  }));
  await ctx.database.system.transaction(async (sql) => {
    await publishEventsSql(ctx, sql, await applyUpdates(ctx, sql, updates));
  });
}

const retry = () =>
  retryMessage(actingAs(ctx, { userId: newId(), tenantId: message.tenantId }), {
    id: message.id,
    acceptDuplicate: false,
  });

const now = () =>
  ctx.database.withSystem(async (tx) => {
    const { status } = await tx.message.findFirstOrThrow({ where: { id: message.id } });
    const { state } = await tx.outboundAttempt.findFirstOrThrow({ where: { messageId: message.id } });
    return [status, state];
  });

describe("a message that failed and was queued again", () => {
  test.each<[StatusPart["status"][]]>([[["SENT"]], [["FAILED"]], [["SENT", "FAILED"]]])(
    "waits for its next attempt when %j of the last one comes late",
    async (statuses) => {
      await tell("FAILED");
      await retry();
      await tell(...statuses);
      expect(await now()).toEqual(["QUEUED", "REFUSED"]);
    },
  );

  test("is not sent again once the attempt that seemed to have failed proves delivered", async () => {
    await tell("FAILED");
    await retry();
    await tell("DELIVERED");
    expect(await now()).toEqual(["DELIVERED", "ACCEPTED"]);
  });
});

test("an attempt that was delivered stays accepted, whatever is said of it afterwards", async () => {
  await tell("DELIVERED");
  await tell("FAILED");
  expect(await now()).toEqual(["DELIVERED", "ACCEPTED"]);
});

test.each<[string, boolean, string]>([
  ["the account's", true, "PAUSED"],
  ["the recipient's", false, "ACTIVE"],
])("a failure that is %s fault leaves the inbox as it should be", async (_whose, pausesInbox, status) => {
  const { tenantId, inboxId } = message;
  const part: StatusPart = {
    kind: "status",
    account: "1",
    externalId: message.externalId ?? "",
    status: "FAILED",
    error: { code: "131042", title: "Payment issue", detail: "", retryable: false },
    pausesInbox,
    occurredAt: new Date(),
  };
  const happened = await ctx.database.system.transaction((sql) =>
    applyUpdates(ctx, sql, [{ tenantId, inboxId, part }]),
  );
  const inbox = await ctx.database.withSystem((tx) => tx.inbox.findFirstOrThrow({ where: { id: inboxId } }));
  expect(inbox).toMatchObject({ status, pausedReason: pausesInbox ? "131042: Payment issue" : null });
  expect(happened.some(({ type }) => type === "INBOX_PAUSED")).toBe(pausesInbox);
});
