import type { Message } from "@parley/db";
import { newId } from "@parley/runtime";
import { waitUntil } from "@parley/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { applyUnknownPolicy } from "./apply-unknown-policy.ts";
import { expireLeases } from "./expire-leases.ts";
import {
  acceptedFor,
  becomes,
  openConversation,
  openOutboundStage,
  queueReply,
  readMessage,
  SEND_TIMEOUT_MS,
  setInboxStatus,
  SHORT_SEND_TIMEOUT_MS,
  type OutboundStage,
} from "./outbound.fixture.ts";

let stage: OutboundStage;
beforeAll(async () => {
  stage = await openOutboundStage();
});
afterAll(() => stage.close());
afterEach(() => answerAgain());

/** The provider leaves sends without an answer, and nobody waits long for one. */
function leaveUnanswered(fault: "timeoutAfterAccept" | "timeoutBeforeAccept"): void {
  stage.simulator.setFaults({ [fault]: 1 });
  stage.setSendTimeout(SHORT_SEND_TIMEOUT_MS);
}

function answerAgain(): void {
  stage.simulator.setFaults({});
  stage.setSendTimeout(SEND_TIMEOUT_MS);
}

describe("an unknown outcome", () => {
  test("after acceptance is settled by the status, and never sent again", async () => {
    leaveUnanswered("timeoutAfterAccept");
    const message = await queueReply(stage, await openConversation(stage), "Hello");
    await waitUntil(async () => acceptedFor(stage, message).length === 1, "the provider has it", 5_000);
    answerAgain();
    await becomes(stage, message, "READ");
    expect((await readMessage(stage, message)).externalId).toBe(acceptedFor(stage, message)[0]?.id);
    expect((await readMessage(stage, message)).outboundAttempts).toMatchObject([{ state: "ACCEPTED" }]);
    expect(acceptedFor(stage, message)).toHaveLength(1);
  });

  test("before acceptance stays unknown with the reason, and does not hold up what comes after", async () => {
    leaveUnanswered("timeoutBeforeAccept");
    const conversation = await openConversation(stage);
    const message = await queueReply(stage, conversation, "lost");
    await becomes(stage, message, "UNKNOWN");
    answerAgain();
    const next = await queueReply(stage, conversation, "next");
    await becomes(stage, next, "READ");
    expect((await readMessage(stage, message)).status).toBe("UNKNOWN");
    expect((await readMessage(stage, message)).error).toMatchObject({ code: "timeout_after_write" });
  });

  test.each([
    ["fail", "FAILED"],
    ["resend", "READ"],
  ] as const)("is decided by the inbox's policy to %s", async (decision, status) => {
    leaveUnanswered("timeoutBeforeAccept");
    const conversation = await openConversation(stage, {
      config: { unknownOutcome: { afterMinutes: 0, then: decision } },
    });
    const message = await queueReply(stage, conversation, "Hello");
    await becomes(stage, message, "UNKNOWN");
    answerAgain();
    await applyUnknownPolicy(stage.ctx);
    await becomes(stage, message, status);
    expect(acceptedFor(stage, message)).toHaveLength(decision === "resend" ? 1 : 0);
  });
});

describe("a process that died while it was sending", () => {
  test("leaves an unknown outcome once its lease is over, and the conversation goes on", async () => {
    const conversation = await openConversation(stage);
    await setInboxStatus(stage, conversation, "PAUSED");
    const message = await queueReply(stage, conversation, "interrupted");
    await markSending(message);
    const next = await queueReply(stage, conversation, "next");
    await setInboxStatus(stage, conversation, "ACTIVE");
    expect(await expireLeases(stage.ctx, 60_000)).toBe(0);
    await waitUntil(async () => (await expireLeases(stage.ctx, 1)) === 1, "the lease is over", 5_000);
    expect(await readMessage(stage, message)).toMatchObject({ status: "UNKNOWN", error: { code: "interrupted" } });
    await becomes(stage, next, "READ");
    expect(acceptedFor(stage, message)).toEqual([]);
  });
});

/** What a worker that was killed between its claim and the answer leaves behind. */
async function markSending(message: Message): Promise<void> {
  await stage.ctx.database.withSystem(async (tx) => {
    await tx.message.update({
      where: { tenantId_id: { tenantId: message.tenantId, id: message.id } },
      data: { status: "SENDING", attempts: 1 },
    });
    await tx.outboundAttempt.create({
      data: { tenantId: message.tenantId, id: newId(), messageId: message.id, number: 1, requestedAt: new Date() },
    });
  });
}
