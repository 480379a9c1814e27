import type { Message } from "@parley/db";
import { newId } from "@parley/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callChannel } from "./call-channel.ts";
import { claimMessages, type ClaimedMessage } from "./claim-messages.ts";
import {
  openConversation,
  openOutboundStage,
  queueReply,
  readMessage,
  type OutboundStage,
} from "./outbound.fixture.ts";
import { recordPatiently } from "./record-patiently.ts";
import { recordSettlements } from "./record-settlements.ts";
import { reconcileQueued } from "./reconcile-queued.ts";
import { settle } from "./settle.ts";

// No worker here: the steps of a send are taken one by one.
let stage: OutboundStage;
beforeAll(async () => {
  stage = await openOutboundStage();
  await stage.worker.close();
});
afterAll(() => stage.close());

const error = { code: "131000", title: "t", detail: "d", retryable: true };

const eventsOf = (message: Message) =>
  stage.ctx.database.withTenant(message.tenantId, (tx) =>
    tx.event.findMany({ where: { messageId: message.id }, orderBy: { seq: "asc" } }),
  );

async function claim(message: Message): Promise<ClaimedMessage> {
  const [claimed] = await claimMessages(
    stage.ctx.database,
    [{ tenantId: message.tenantId, messageId: message.id }],
    new Date(),
  );
  if (!claimed) throw new Error("the message was not to be had");
  return claimed;
}

const queueOne = async (): Promise<Message> => queueReply(stage, await openConversation(stage), "Hello");

test("a message is claimed once, however many ask for it", async () => {
  const message = await queueOne();
  const asked = { tenantId: message.tenantId, messageId: message.id };
  const claims = await Promise.all(
    Array.from({ length: 10 }, () => claimMessages(stage.ctx.database, [asked, asked], new Date())),
  );
  expect(claims.flat().filter((claimed) => claimed !== undefined)).toHaveLength(1);
  expect((await readMessage(stage, message)).outboundAttempts).toHaveLength(1);
});

test("a message that waits for its next attempt is not taken for one whose job was lost", async () => {
  const message = await queueOne();
  const claimed = await claim(message);
  const settlement = settle({ kind: "retry", error, httpStatus: 500, retryAfterMs: 600_000 }, claimed);
  await recordSettlements(stage.ctx, [{ claim: claimed, settlement }]);
  expect(await readMessage(stage, message)).toMatchObject({ status: "QUEUED", failures: 1 });
  await stage.ctx.database.withTenant(message.tenantId, (tx) =>
    tx.message.updateMany({ where: { id: message.id }, data: { updatedAt: new Date(0) } }),
  );
  expect(await reconcileQueued(stage.ctx, 1_000)).toBe(0);
});

test("the late failure of an attempt that was replaced changes nothing, its late acceptance does", async () => {
  const message = await queueOne();
  const first = await claim(message);
  const where = { tenantId_id: { tenantId: message.tenantId, id: message.id } };
  await stage.ctx.database.withTenant(message.tenantId, (tx) =>
    tx.message.update({ where, data: { status: "QUEUED" } }),
  );
  const second = await claim(message);
  expect(second.attempt).toBe(2);

  const refused = settle({ kind: "retry", error, httpStatus: 500 }, first);
  expect(await recordSettlements(stage.ctx, [{ claim: first, settlement: refused }])).toEqual([undefined]);
  expect((await readMessage(stage, message)).status).toBe("SENDING");

  const accepted = settle({ kind: "accepted", externalId: `wamid.${newId()}`, httpStatus: 200 }, first);
  await recordSettlements(stage.ctx, [{ claim: first, settlement: accepted }]);
  expect((await readMessage(stage, message)).status).toBe("SENT");
});

test("the log does not contradict a status that was faster than our own answer", async () => {
  const message = await queueOne();
  const claimed = await claim(message);
  const where = { tenantId_id: { tenantId: message.tenantId, id: message.id } };
  await stage.ctx.database.withTenant(message.tenantId, (tx) =>
    tx.message.update({ where, data: { status: "DELIVERED" } }),
  );
  const unknown = settle({ kind: "unknown", error }, claimed);
  expect(await recordSettlements(stage.ctx, [{ claim: claimed, settlement: unknown }])).toEqual(["DELIVERED"]);
  expect(await eventsOf(message)).toEqual([]);
});

test("an outcome that cannot be recorded does not take the others of its batch with it", async () => {
  const conversation = await openConversation(stage);
  const messages = [await queueReply(stage, conversation, "one"), await queueOne(), await queueOne()];
  const externalId = `wamid.${newId()}`;
  const settled = [];
  for (const message of messages) {
    const claimed = await claim(message);
    settled.push({
      claim: claimed,
      settlement: settle({ kind: "accepted", externalId: `wamid.${newId()}`, httpStatus: 200 }, claimed),
    });
  }
  // A provider that gives one id twice, which it never should.
  const [first] = settled;
  if (!first) throw new Error("three were claimed");
  const twin = await queueReply(stage, conversation, "twin");
  await stage.ctx.database.withTenant(first.claim.tenantId, (tx) =>
    tx.message.updateMany({ where: { id: twin.id }, data: { externalId, status: "SENT" } }),
  );
  first.settlement = { ...first.settlement, externalId };
  expect(await recordPatiently(stage.ctx, settled, 1_000)).toEqual([undefined, "SENT", "SENT"]);
});

test("a reply to a group is refused rather than sent to one of its members", async () => {
  const conversation = await openConversation(stage);
  await stage.ctx.database.withTenant(conversation.tenantId, (tx) =>
    tx.conversation.updateMany({ where: { id: conversation.id }, data: { externalThreadId: "group-1" } }),
  );
  const message = await queueReply(stage, conversation, "Hello all");
  const claimed = await claim(message);
  expect(await callChannel(stage.ctx, claimed)).toMatchObject({
    kind: "final",
    error: { code: "group_not_supported" },
  });
});
