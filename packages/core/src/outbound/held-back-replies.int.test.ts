import { queuePrefix } from "@parley/queue";
import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { waitUntil, type BuiltConversation } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outboundQueue } from "../outbound-queue/index.ts";
import { changeTenant } from "../tenants/index.ts";
import {
  acceptedFor,
  becomes,
  openConversation,
  openOutboundStage,
  queueReplies,
  queueReply,
  readMessage,
  setInboxStatus,
  type OutboundStage,
} from "./outbound.fixture.ts";
import { reconcileQueued } from "./reconcile-queued.ts";

let stage: OutboundStage;
beforeAll(async () => {
  stage = await openOutboundStage();
});
afterAll(() => stage.close());

test("a message whose job was lost with Redis is found and sent", async () => {
  const conversation = await openConversation(stage);
  await setInboxStatus(stage, conversation, "PAUSED");
  const message = await queueReply(stage, conversation, "stranded");
  await jobsHaveEnded();
  await forgetSlots(conversation);
  await setInboxStatus(stage, conversation, "ACTIVE");
  await waitUntil(async () => (await reconcileQueued(stage.ctx, 1)) > 0, "it is stranded", 5_000);
  await becomes(stage, message, "READ");
  expect(acceptedFor(stage, message)).toHaveLength(1);
});

describe.each(["SUSPENDED", "CLOSED"] as const)("of a tenant that is %s", (status) => {
  test("nothing leaves that is queued already, and all of it in its order once it may send again", async () => {
    const conversation = await openConversation(stage);
    await setTenantStatus(conversation, status);
    const messages = await queueReplies(stage, conversation, ["first", "second"]);
    await jobsHaveEnded();
    const held = await Promise.all(messages.map((message) => readMessage(stage, message)));
    expect(held.map((message) => message.status)).toEqual(["QUEUED", "QUEUED"]);

    await setTenantStatus(conversation, "ACTIVE");
    await Promise.all(messages.map((message) => becomes(stage, message, "READ")));
    const left = messages.flatMap((message) => acceptedFor(stage, message)).toSorted((a, b) => a.at - b.at);
    expect(left.map((entry) => entry.text)).toEqual(["first", "second"]);
  });

  test("what waits is not taken for a message whose job was lost", async () => {
    const conversation = await openConversation(stage);
    await setTenantStatus(conversation, status);
    const message = await queueReply(stage, conversation, "waiting");
    await jobsHaveEnded();
    await forgetSlots(conversation);
    expect(await reconcileQueued(stage.ctx, 1)).toBe(0);
    // The same message counts as lost as soon as nothing else holds it back.
    const { tenantId: id } = conversation;
    await stage.ctx.database.withSystem((tx) => tx.tenant.update({ where: { id }, data: { status: "TRIAL" } }));
    expect(await reconcileQueued(stage.ctx, 1)).toBe(1);
    await becomes(stage, message, "READ");
  });
});

/** As the platform's administrators do it. */
function setTenantStatus({ tenantId: id }: BuiltConversation, status: "ACTIVE" | "SUSPENDED" | "CLOSED") {
  const platform = actingAs(stage.ctx, { userId: newId(), tenantId: null, isSuperAdmin: true });
  return changeTenant(platform, { id, status });
}

/** Whatever was enqueued has been looked at. */
async function jobsHaveEnded(): Promise<void> {
  await stage.test.published();
  await waitUntil(async () => (await stage.test.jobsOn(outboundQueue)).length === 0, "the jobs have ended", 5_000);
}

/** What Redis knows of the slots of an inbox is lost as well. */
async function forgetSlots({ inboxId }: BuiltConversation): Promise<void> {
  const { redis } = stage.test.publisher;
  await redis.del(await redis.keys(`${queuePrefix(stage.test.redis, `slots-${inboxId}`)}:*`));
}
