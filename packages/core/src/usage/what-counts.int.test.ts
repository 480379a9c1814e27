import { newId } from "@parley/runtime";
import { buildTicket } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { EventType } from "../context/index.ts";
import { openUsageDeskForEachTest, type UsageDesk } from "./usage-desk.fixture.ts";

let desk: UsageDesk;
openUsageDeskForEachTest((opened) => (desk = opened));

const SYSTEM = { actorType: "SYSTEM" as const };

/** What was counted, without when and in which order. */
async function counted() {
  await desk.follow();
  return (await desk.ledger()).map(({ kind, cause, quantity, channel, category, agentId, ruleId, ticketId }) => ({
    kind,
    cause,
    quantity,
    ...(channel && { channel }),
    ...(category && { category }),
    ...(agentId && { agentId }),
    ...(ruleId && { ruleId }),
    ...(ticketId && { ticketId }),
  }));
}

const status = (messageId: string, value: string) =>
  desk.tell({ ...SYSTEM, type: "MESSAGE_STATUS_CHANGED", messageId, data: { status: value } });

describe("what counts", () => {
  test("is a ticket, with its channel and whoever of the company opened it", async () => {
    const [byCustomer, byAgent] = [await buildTicket(desk.ctx, desk.conversation), newId()];
    await desk.tell({ type: "TICKET_OPENED", actorType: "CUSTOMER", ticketId: byCustomer.id });
    await desk.tell({ type: "TICKET_OPENED", actorType: "AGENT", actorId: desk.agentId, ticketId: byAgent });
    expect(await counted()).toEqual([
      { kind: "TICKET_OPENED", cause: byCustomer.id, quantity: 1n, channel: "WHATSAPP", ticketId: byCustomer.id },
      { kind: "TICKET_OPENED", cause: byAgent, quantity: 1n, agentId: desk.agentId, ticketId: byAgent },
    ]);
  });

  test("is a message once it has left, and once, however often that is told", async () => {
    const messageId = await desk.message();
    await desk.tell({ ...SYSTEM, type: "MESSAGE_SENT", messageId });
    await status(messageId, "delivered");
    await desk.follow();
    await status(messageId, "read");
    expect(await counted()).toEqual([
      {
        kind: "OUTBOUND_MESSAGE",
        cause: messageId,
        quantity: 1n,
        channel: "WHATSAPP",
        category: "reply",
        agentId: desk.agentId,
      },
    ]);
  });

  test("is a message whose outcome nobody knew, once its delivery is known", async () => {
    const messageId = await desk.message({ status: "UNKNOWN" });
    await status(messageId, "unknown");
    expect(await counted()).toEqual([]);
    await status(messageId, "delivered");
    expect(await counted()).toMatchObject([{ kind: "OUTBOUND_MESSAGE", cause: messageId }]);
  });

  test("is neither a message that failed, nor a note, nor what was written in the channel's own app or by the customer", async () => {
    await status(await desk.message({ status: "FAILED" }), "failed");
    await desk.tell({ ...SYSTEM, type: "MESSAGE_SENT", messageId: await desk.message({ isInternal: true }) });
    await desk.tell({ actorType: "AGENT", type: "MESSAGE_SENT", messageId: await desk.message({ attempts: 0 }) });
    await desk.tell({ actorType: "CUSTOMER", type: "MESSAGE_RECEIVED", messageId: await desk.message() });
    await status(await desk.message({ direction: "INBOUND" }), "read");
    expect(await counted()).toEqual([]);
  });

  test.each([
    ["template", { type: "template" }],
    ["api", { senderType: "SYSTEM" as const, senderId: null, answeredCount: 0 }],
    ["ai_reply", { senderType: "AI" as const, senderId: null }],
  ])("has the category %s", async (category, columns) => {
    await desk.tell({ ...SYSTEM, type: "MESSAGE_SENT", messageId: await desk.message(columns) });
    expect(await counted()).toMatchObject([{ kind: "OUTBOUND_MESSAGE", category }]);
  });

  test("is what the system sends by itself, as a message and as an automatic reply", async () => {
    const messageId = await desk.message({ senderType: "SYSTEM", senderId: null });
    await desk.tell({ ...SYSTEM, type: "MESSAGE_SENT", messageId });
    expect(await counted()).toEqual([
      { kind: "OUTBOUND_MESSAGE", cause: messageId, quantity: 1n, channel: "WHATSAPP", category: "notice" },
      { kind: "AUTO_REPLY", cause: messageId, quantity: 1n, channel: "WHATSAPP", category: "notice" },
    ]);
  });

  test("is what the AI answers, and every action of a rule", async () => {
    const [messageId, executionId, ruleId] = [
      await desk.message({ senderType: "AI", senderId: null }),
      newId(),
      newId(),
    ];
    const cause = { executionId, rules: [newId(), ruleId] };
    await desk.tell({ actorType: "AI", type: "AI_REPLY_SENT", messageId, cause });
    await desk.tell({ actorType: "AI", type: "AI_RULE_EXECUTED", data: { executionId, ruleId, actions: 3 }, cause });
    expect(await counted()).toEqual([
      { kind: "AUTO_REPLY", cause: messageId, quantity: 1n, channel: "WHATSAPP", category: "ai_reply", ruleId },
      { kind: "AI_ACTION", cause: executionId, quantity: 3n, category: "rule", ruleId },
    ]);
  });

  test("is nothing of a rule that did nothing, and no suggestion of a rule besides its action", async () => {
    const cause = { executionId: newId(), rules: [newId()] };
    await desk.tell({
      actorType: "AI",
      type: "AI_RULE_EXECUTED",
      data: { executionId: newId(), ruleId: newId(), actions: 0 },
    });
    await desk.tell({ actorType: "AI", type: "AI_SUGGESTION_CREATED", data: { draftId: newId() }, cause });
    expect(await counted()).toEqual([]);
  });

  test("is what people have the assistant do", async () => {
    const { agentId } = desk;
    const [draftId, useId] = [newId(), newId()];
    await desk.tell({ actorType: "AI", type: "AI_SUGGESTION_CREATED", data: { draftId, userId: agentId } });
    await desk.tell({ actorType: "AGENT", actorId: agentId, type: "AI_ASSISTED", data: { useId, task: "translate" } });
    expect(await counted()).toEqual([
      { kind: "AI_ACTION", cause: draftId, quantity: 1n, category: "suggest_reply", agentId },
      { kind: "AI_ACTION", cause: useId, quantity: 1n, category: "translate", agentId },
    ]);
  });

  test("is what a model took in and gave out", async () => {
    const callId = newId();
    const data = { callId, task: "suggest_reply", inputTokens: 700, outputTokens: 55 };
    await desk.tell({ actorType: "AI", type: "AI_MODEL_CALLED", data });
    expect(await counted()).toEqual([{ kind: "TOKENS", cause: callId, quantity: 755n, category: "suggest_reply" }]);
  });

  test("is a file that was fetched, by its bytes, once; and nothing of an empty one, or of one that did not come", async () => {
    const messageId = await desk.message({ direction: "INBOUND" });
    const [attachmentId, empty, lost] = [newId(), newId(), newId()];
    const about = { ...SYSTEM, messageId };
    const stored = { ...about, type: "MEDIA_STORED" as const };
    await desk.tell(
      { ...stored, data: { attachmentId, size: 48_213 } },
      { ...stored, data: { attachmentId: empty, size: 0 } },
    );
    await desk.tell({ ...about, type: "MEDIA_FAILED", data: { attachmentId: lost, reason: "expired" } });
    await desk.follow();
    await desk.tell({ ...stored, data: { attachmentId, size: 48_213 } });
    expect(await counted()).toEqual([
      { kind: "MEDIA_BYTES", cause: attachmentId, quantity: 48_213n, channel: "WHATSAPP" },
    ]);
    expect(await desk.rollUps()).toMatchObject({ quotas: [{ mediaBytes: 48_213n }] });
  });

  test.each<EventType>([
    "TICKET_CHANGED",
    "STATUS_CHANGED",
    "MESSAGE_QUEUED",
    "NOTE_ADDED",
    "QUOTA_WARNING",
    "SLA_BREACHED",
  ])("is not %s", async (type) => {
    await desk.tell({ ...SYSTEM, type, ticketId: newId(), messageId: await desk.message() });
    expect(await counted()).toEqual([]);
  });
});
