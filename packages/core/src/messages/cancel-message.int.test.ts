import { newId } from "@parley/runtime";
import { actingAs } from "@parley/queue/testing";
import { buildConversation, buildInbox, buildTenant, waitUntil } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { claimMessages } from "../outbound/claim-messages.ts";
import { openConversation, openOutboundStage, type OutboundStage } from "../outbound/outbound.fixture.ts";
import { reconcileQueued } from "../outbound/reconcile-queued.ts";
import { cancelMessage } from "./cancel-message.ts";
import type { MessageJson } from "./schemas.ts";
import { sendMessage } from "./send-message.ts";
import { showMessage } from "./show-message.ts";

let stage: OutboundStage;

beforeAll(async () => {
  stage = await openOutboundStage();
});
afterAll(() => stage.close());

const agentOf = (tenantId: string): RequestContext => actingAs(stage.ctx, { userId: newId(), tenantId });

const send = (
  agent: RequestContext,
  conversationId: string,
  text: string,
  undoSeconds?: number,
): Promise<MessageJson> => sendMessage(agent, { conversationId, type: "text", text, isInternal: false, undoSeconds });

const becomes = (agent: RequestContext, { id }: MessageJson, status: MessageJson["status"]): Promise<unknown> =>
  waitUntil(async () => (await showMessage(agent, { id })).status === status, `the message is ${status}`);

/** What the provider was given of a message. */
const givenOf = ({ id }: MessageJson) =>
  stage.simulator.ledger.accepted.filter((entry) => entry.opaque?.startsWith(id) === true);

/** Whether the message was cancelled; false: it was too late. Any other refusal is an error. */
async function tryToCancel(agent: RequestContext, { id }: MessageJson): Promise<boolean> {
  try {
    expect((await cancelMessage(agent, { id })).status).toBe("cancelled");
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "conflict", message: expect.stringContaining("too late") });
    return false;
  }
}

describe("a message that can be undone", () => {
  test("does not leave while it can, and leaves in its place afterwards", async () => {
    const { tenantId, id } = await openConversation(stage);
    const agent = agentOf(tenantId);
    const first = await send(agent, id, "first", 1);
    const second = await send(agent, id, "second");
    await Promise.all([becomes(agent, first, "read"), becomes(agent, second, "read")]);
    const [left] = givenOf(first);
    const [next] = givenOf(second);
    expect(left?.at).toBeGreaterThanOrEqual(Date.parse(first.createdAt) + 1_000);
    expect(next?.at).toBeGreaterThanOrEqual(left?.at ?? Infinity);
  });

  test("and is, never leaves, and those behind it do", async () => {
    const { tenantId, id } = await openConversation(stage);
    const agent = agentOf(tenantId);
    const mistake = await send(agent, id, "mistake", 30);
    const behind = await send(agent, id, "behind");
    expect(await tryToCancel(agent, mistake)).toBe(true);
    await becomes(agent, behind, "read");
    await reconcileQueued(stage.ctx, 1);
    expect((await showMessage(agent, mistake)).status).toBe("cancelled");
    expect([givenOf(mistake).length, givenOf(behind).length]).toEqual([0, 1]);
  });
});

describe("of cancelling a message and sending it one wins", () => {
  test("when it is claimed at the same moment", async () => {
    // Nobody works on the outbound queue of this tenant's messages but the claims of this test.
    const { id: tenantId } = await buildTenant(stage.test);
    const { id: inboxId } = await buildInbox(stage.test, { tenantId, status: "PAUSED" });
    const agent = agentOf(tenantId);
    const messages: MessageJson[] = [];
    for (let index = 0; index < 40; index += 1) {
      const conversation = await buildConversation(stage.test, { tenantId, inboxId });
      messages.push(await send(agent, conversation.id, `message ${index}`));
    }
    const claim = async ({ id: messageId }: MessageJson, after: number): Promise<boolean> => {
      // Cancelling takes several steps, so a claim that comes a few steps later meets it somewhere on the way.
      for (let step = 0; step < after; step += 1) await showMessage(agent, { id: messageId });
      const [claimed] = await claimMessages(stage.ctx.database, [{ tenantId, messageId }], new Date());
      return claimed !== undefined;
    };
    const outcomes = await Promise.all(
      messages.map(async (message, index) => {
        const [wasCancelled, wasClaimed] = await Promise.all([tryToCancel(agent, message), claim(message, index % 8)]);
        return { wasClaimed, wasCancelled, status: (await showMessage(agent, message)).status };
      }),
    );
    for (const outcome of outcomes) {
      const { wasCancelled } = outcome;
      expect(outcome).toEqual({
        wasCancelled,
        wasClaimed: !wasCancelled,
        status: wasCancelled ? "cancelled" : "sending",
      });
    }
  });

  test("and what is cancelled never reaches the provider, what is sent never says that it is cancelled", async () => {
    const { id: tenantId } = await buildTenant(stage.test);
    const { id: inboxId } = await buildInbox(stage.test, { tenantId });
    const agent = agentOf(tenantId);
    const conversations = await Promise.all(
      Array.from({ length: 30 }, () => buildConversation(stage.test, { tenantId, inboxId })),
    );
    const raced = await Promise.all(
      conversations.map(async ({ id }, index) => {
        const message = await send(agent, id, `message ${index}`, 1);
        // Around the moment in which it may leave.
        const moment = Date.parse(message.createdAt) + 850 + index * 10;
        await waitUntil(() => Date.now() >= moment, "the message is about to leave");
        return { message, wasCancelled: await tryToCancel(agent, message) };
      }),
    );
    const kept = raced.filter(({ wasCancelled }) => !wasCancelled).map(({ message }) => message);
    await Promise.all(kept.map((message) => becomes(agent, message, "read")));
    await reconcileQueued(stage.ctx, 1);
    for (const { message, wasCancelled } of raced) {
      const { status } = await showMessage(agent, message);
      expect([status, givenOf(message).length]).toEqual(wasCancelled ? ["cancelled", 0] : ["read", 1]);
    }
  });
});

test("a message of which an earlier attempt may have succeeded cannot be called cancelled", async () => {
  const { tenantId, id } = await openConversation(stage);
  const agent = agentOf(tenantId);
  const message = await send(agent, id, "Hello", 30);
  await stage.ctx.database.withSystem((tx) =>
    tx.outboundAttempt.create({
      data: { tenantId, id: newId(), messageId: message.id, number: 1, state: "UNKNOWN", requestedAt: new Date() },
    }),
  );
  await expect(cancelMessage(agent, message)).rejects.toMatchObject({ code: "conflict" });
});
