import type { StatusPart } from "@parley/channels";
import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildConversation, buildMessage, buildTenant, type BuiltMessage } from "@parley/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishEventsSql } from "../events/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { applyUpdates } from "./apply-updates.ts";
import { forgetHeldUpdates } from "./forget-held-updates.ts";
import { createHeldUpdateSettler, settleHeldUpdates } from "./settle-held-updates.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [outboundQueue] });
});
afterAll(() => ctx.close());

async function outbound(overrides: Parameters<typeof buildMessage>[2] = {}): Promise<BuiltMessage> {
  const tenant = await buildTenant(ctx);
  const conversation = await buildConversation(ctx, { tenantId: tenant.id });
  return buildMessage(ctx, conversation, { direction: "OUTBOUND", status: "SENT", ...overrides });
}

function part(message: BuiltMessage, status: StatusPart["status"], attempt?: number): StatusPart {
  return {
    kind: "status",
    account: "1",
    externalId: message.externalId ?? `wamid.${message.id}`,
    status,
    occurredAt: new Date("2026-01-01T10:00:00Z"),
    ...(attempt === undefined ? {} : { reference: { messageId: message.id, attempt } }),
    ...(status === "FAILED"
      ? { error: { code: "131026", title: "Undeliverable", detail: "no", retryable: false } }
      : {}),
  };
}

const apply = (message: BuiltMessage, ...parts: StatusPart[]) =>
  ctx.database.system.transaction(async (sql) => {
    const updates = parts.map((each) => ({ tenantId: message.tenantId, inboxId: message.inboxId, part: each }));
    await publishEventsSql(ctx, sql, await applyUpdates(ctx, sql, updates));
  });

const reload = (message: BuiltMessage) =>
  ctx.database.withTenant(message.tenantId, (tx) =>
    tx.message.findUniqueOrThrow({ where: { tenantId_id: { tenantId: message.tenantId, id: message.id } } }),
  );

test("each step forward is told once, in order, and what comes late changes nothing", async () => {
  const message = await outbound({ status: "SENDING" });
  await apply(message, part(message, "READ"), part(message, "SENT"));
  await apply(message, part(message, "DELIVERED"), part(message, "SENT"));
  expect((await reload(message)).status).toBe("READ");
  const events = await ctx.database.withTenant(message.tenantId, (tx) =>
    tx.event.findMany({ orderBy: { seq: "asc" } }),
  );
  expect(events.map((event) => event.data)).toMatchObject([{ status: "sent" }, { status: "read" }]);
});

test("a status that carries our reference is matched before the provider's id is known, and tells it", async () => {
  const message = await outbound({ status: "UNKNOWN", externalId: null, attempts: 1 });
  await apply(message, part(message, "DELIVERED", 1));
  expect(await reload(message)).toMatchObject({ status: "DELIVERED", externalId: `wamid.${message.id}`, error: null });
});

test("the failure of an attempt that was followed by another changes nothing", async () => {
  const message = await outbound({ status: "SENT", attempts: 2 });
  await apply(message, part(message, "FAILED", 1));
  expect((await reload(message)).status).toBe("SENT");
  await apply(message, part(message, "FAILED", 2));
  expect(await reload(message)).toMatchObject({ status: "FAILED", error: { code: "131026" } });
});

test("a reference to a message of another inbox, or of another tenant, is not believed", async () => {
  const [message, other] = [await outbound(), await outbound()];
  const forged: StatusPart = {
    ...part(message, "FAILED"),
    externalId: "wamid.forged",
    reference: { messageId: other.id, attempt: 9 },
  };
  await apply(message, forged);
  expect((await reload(other)).status).toBe("SENT");
});

test("a reference of one tenant does not hide the same one of another, in whatever order they come", async () => {
  const [message, other] = [await outbound(), await outbound()];
  const real = { tenantId: message.tenantId, inboxId: message.inboxId, part: part(message, "DELIVERED", 1) };
  const forged = {
    tenantId: other.tenantId,
    inboxId: other.inboxId,
    part: { ...part(other, "READ"), externalId: "wamid.forged", reference: { messageId: message.id, attempt: 1 } },
  };
  await ctx.database.system.transaction(async (sql) => void (await applyUpdates(ctx, sql, [real, forged])));
  expect((await reload(message)).status).toBe("DELIVERED");
  expect((await reload(other)).status).toBe("SENT");
});

/** A status that was written at the same time as its message, so that neither saw the other. */
async function heldAlthoughKnown(status: StatusPart["status"], heldAt?: Date): Promise<BuiltMessage> {
  const message = await outbound({ status: "SENT", externalId: null });
  const externalId = `wamid.${newId()}`;
  await apply(message, { ...part(message, status), externalId });
  await ctx.database.withSystem(async (tx) => {
    const { tenantId, id } = message;
    await tx.message.update({ where: { tenantId_id: { tenantId, id } }, data: { externalId } });
    if (heldAt) await tx.heldUpdate.updateMany({ where: { externalId }, data: { createdAt: heldAt } });
  });
  return message;
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

test("held updates are looked for among the latest only, and at first among those of the last hour", async () => {
  const minutesOld = await heldAlthoughKnown("DELIVERED", hoursAgo(0.5));
  const hoursOld = await heldAlthoughKnown("DELIVERED", hoursAgo(2));
  expect(await settleHeldUpdates(ctx)).toBe(0);
  const settle = createHeldUpdateSettler(ctx);
  expect(await settle()).toBe(1);
  expect((await reload(minutesOld)).status).toBe("DELIVERED");
  expect((await reload(hoursOld)).status).toBe("SENT");

  await heldAlthoughKnown("DELIVERED", hoursAgo(0.5));
  expect(await settle()).toBe(0);
});

test("a held update that cannot be applied is in nobody's way", async () => {
  const owner = new Client({ connectionString: ctx.urls.ownerUrl });
  await owner.connect();
  await owner.query("alter table message add constraint poison check (status <> 'PLAYED') not valid");
  const poisoned = await heldAlthoughKnown("PLAYED");
  const others = [await heldAlthoughKnown("DELIVERED"), await heldAlthoughKnown("READ")];
  expect(await settleHeldUpdates(ctx)).toBe(2);
  expect((await Promise.all(others.map(reload))).map((message) => message.status)).toEqual(["DELIVERED", "READ"]);
  expect((await reload(poisoned)).status).toBe("SENT");
  await owner.query("alter table message drop constraint poison");
  await owner.end();
  expect(await settleHeldUpdates(ctx)).toBe(1);
});

test("what was held for 30 days is forgotten", async () => {
  await ctx.database.withSystem((tx) => tx.heldUpdate.deleteMany());
  await heldAlthoughKnown("DELIVERED", hoursAgo(24 * 31));
  await heldAlthoughKnown("DELIVERED", hoursAgo(24 * 29));
  expect(await forgetHeldUpdates(ctx)).toBe(1);
  expect(await ctx.database.withSystem((tx) => tx.heldUpdate.count())).toBe(1);
});

test("a status and its message that were written at the same time find each other later", async () => {
  const message = await outbound({ status: "SENT", externalId: null });
  const externalId = `wamid.${newId()}`;
  await apply(message, { ...part(message, "DELIVERED"), externalId });
  await ctx.database.withTenant(message.tenantId, (tx) =>
    tx.message.update({ where: { tenantId_id: { tenantId: message.tenantId, id: message.id } }, data: { externalId } }),
  );
  expect((await reload(message)).status).toBe("SENT");
  expect(await settleHeldUpdates(ctx)).toBe(1);
  expect((await reload(message)).status).toBe("DELIVERED");
  expect(await settleHeldUpdates(ctx)).toBe(0);
});

test("settling a message wakes the next of its conversation, once", async () => {
  const first = await outbound({ status: "SENDING", attempts: 1 });
  const conversation = {
    tenantId: first.tenantId,
    id: first.conversationId,
    inboxId: first.inboxId,
    contactId: newId(),
  };
  const queued = { direction: "OUTBOUND", status: "QUEUED", externalId: null } as const;
  const second = await buildMessage(ctx, conversation, { ...queued, occurredAt: new Date(Date.now() + 1_000) });
  await buildMessage(ctx, conversation, { ...queued, occurredAt: new Date(Date.now() + 2_000) });
  await apply(first, part(first, "SENT", 1));
  await apply(first, part(first, "DELIVERED", 1));
  const woken = async () => (await ctx.jobsOn(outboundQueue)).filter((job) => job.id.endsWith(`after-${first.id}`));
  await expect.poll(woken).toMatchObject([{ payload: { messageId: second.id } }]);
});
