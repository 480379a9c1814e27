import type { Message, MessageStatus } from "@parley/db";
import { queuePrefix } from "@parley/queue";
import { newId } from "@parley/runtime";
import { actingAs } from "@parley/queue/testing";
import { waitUntil, type BuiltConversation } from "@parley/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { outboundQueue } from "../outbound-queue/index.ts";
import { changeTenant } from "../tenants/index.ts";
import { applyUnknownPolicy } from "./apply-unknown-policy.ts";
import { expireLeases } from "./expire-leases.ts";
import {
  openConversation,
  openOutboundStage,
  queueReplies,
  SEND_TIMEOUT_MS,
  SHORT_SEND_TIMEOUT_MS,
  type OutboundStage,
} from "./outbound.fixture.ts";
import { reconcileQueued } from "./reconcile-queued.ts";

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

const reload = (message: Message) =>
  stage.ctx.database.withTenant(message.tenantId, (tx) =>
    tx.message.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: message.tenantId, id: message.id } },
      include: { outboundAttempts: { orderBy: { number: "asc" } } },
    }),
  );
const becomes = (message: Message, status: MessageStatus) =>
  waitUntil(async () => (await reload(message)).status === status, `message is ${status}`, 10_000);
const acceptedFor = (message: Message) =>
  stage.simulator.ledger.accepted.filter((entry) => entry.opaque?.startsWith(message.id));
const only = (messages: Message[]): Message => {
  const [first] = messages;
  if (!first) throw new Error("one message was queued");
  return first;
};

test("a reply reaches the provider once and its statuses bring it to read", async () => {
  const message = only(await queueReplies(stage, await openConversation(stage), ["Hello"]));
  await becomes(message, "READ");
  const stored = await reload(message);
  expect(acceptedFor(message)).toMatchObject([{ text: "Hello", id: stored.externalId }]);
  expect(stored.outboundAttempts).toMatchObject([
    { number: 1, state: "ACCEPTED", externalId: stored.externalId, httpStatus: 200 },
  ]);
  const events = await stage.ctx.database.withTenant(message.tenantId, (tx) =>
    tx.event.findMany({ where: { messageId: message.id } }),
  );
  expect(events.map((event) => event.type)).toContain("MESSAGE_SENT");
});

test("the messages of a conversation leave in the order in which they were accepted", async () => {
  const texts = Array.from({ length: 12 }, (_empty, index) => `line ${index}`);
  const messages = await queueReplies(stage, await openConversation(stage), texts);
  await Promise.all(messages.map((message) => becomes(message, "READ")));
  const left = messages.flatMap(acceptedFor).toSorted((a, b) => a.at - b.at);
  expect(left.map((entry) => entry.text)).toEqual(texts);
});

test.each([
  ["a throttle", { status429: 1 }],
  ["a failure that the provider explains", { failWith: 131000 }],
])("%s is tried again and the message is delivered once", async (_name, fault) => {
  const conversation = await openConversation(stage);
  const recipient = await recipientOf(conversation);
  stage.simulator.setFaults("failWith" in fault ? { failRecipients: { [recipient]: fault.failWith } } : fault);
  const message = only(await queueReplies(stage, conversation, ["Hello"]));
  await waitUntil(
    async () => (await reload(message)).outboundAttempts.some((attempt) => attempt.state === "REFUSED"),
    "a refusal",
    5_000,
  );
  stage.simulator.setFaults({});
  await becomes(message, "READ");
  expect(acceptedFor(message)).toHaveLength(1);
  expect((await reload(message)).error).toBeNull();
});

test("a refusal for good fails the message with the provider's reason", async () => {
  const conversation = await openConversation(stage);
  stage.simulator.setFaults({ failRecipients: { [await recipientOf(conversation)]: 131047 } });
  const message = only(await queueReplies(stage, conversation, ["Hello"]));
  await becomes(message, "FAILED");
  expect((await reload(message)).error).toMatchObject({ code: "131047", retryable: false });
});

test("trouble with the account pauses the inbox and keeps the message", async () => {
  const conversation = await openConversation(stage, { credentials: { accessToken: "expired" } });
  const message = only(await queueReplies(stage, conversation, ["Hello"]));
  await waitUntil(async () => (await inboxOf(conversation)).status === "PAUSED", "the inbox is paused", 5_000);
  expect((await inboxOf(conversation)).pausedReason).toContain("190");
  expect((await reload(message)).status).toBe("QUEUED");
  expect(acceptedFor(message)).toEqual([]);
});

describe("an unknown outcome", () => {
  test("after acceptance is settled by the status, and never sent again", async () => {
    leaveUnanswered("timeoutAfterAccept");
    const message = only(await queueReplies(stage, await openConversation(stage), ["Hello"]));
    await waitUntil(async () => acceptedFor(message).length === 1, "the provider has it", 5_000);
    answerAgain();
    await becomes(message, "READ");
    expect((await reload(message)).externalId).toBe(acceptedFor(message)[0]?.id);
    expect((await reload(message)).outboundAttempts).toMatchObject([{ state: "ACCEPTED" }]);
    expect(acceptedFor(message)).toHaveLength(1);
  });

  test("before acceptance stays unknown with the reason, and does not hold up what comes after", async () => {
    leaveUnanswered("timeoutBeforeAccept");
    const conversation = await openConversation(stage);
    const message = only(await queueReplies(stage, conversation, ["lost"]));
    await becomes(message, "UNKNOWN");
    answerAgain();
    const next = only(await queueReplies(stage, conversation, ["next"]));
    await becomes(next, "READ");
    expect((await reload(message)).status).toBe("UNKNOWN");
    expect((await reload(message)).error).toMatchObject({ code: "timeout_after_write" });
  });

  test.each([
    ["fail", "FAILED"],
    ["resend", "READ"],
  ] as const)("is decided by the inbox's policy to %s", async (decision, status) => {
    leaveUnanswered("timeoutBeforeAccept");
    const conversation = await openConversation(stage, {
      config: { unknownOutcome: { afterMinutes: 0, then: decision } },
    });
    const message = only(await queueReplies(stage, conversation, ["Hello"]));
    await becomes(message, "UNKNOWN");
    answerAgain();
    await applyUnknownPolicy(stage.ctx);
    await becomes(message, status);
    expect(acceptedFor(message)).toHaveLength(decision === "resend" ? 1 : 0);
  });
});

describe("a process that died while it was sending", () => {
  test("leaves an unknown outcome once its lease is over, and the conversation goes on", async () => {
    const conversation = await openConversation(stage);
    const message = only(await queueReplies(stage, await pausedLike(conversation), ["interrupted"]));
    await markSending(message);
    const next = only(await queueReplies(stage, conversation, ["next"]));
    await resume(conversation);
    expect(await expireLeases(stage.ctx, 60_000)).toBe(0);
    await waitUntil(async () => (await expireLeases(stage.ctx, 1)) === 1, "the lease is over", 5_000);
    expect(await reload(message)).toMatchObject({ status: "UNKNOWN", error: { code: "interrupted" } });
    await becomes(next, "READ");
    expect(acceptedFor(message)).toEqual([]);
  });
});

test("a message whose job was lost with Redis is found and sent", async () => {
  const conversation = await openConversation(stage);
  const message = only(await queueReplies(stage, await pausedLike(conversation), ["stranded"]));
  await stage.test.published();
  await waitUntil(async () => (await stage.test.jobsOn(outboundQueue)).length === 0, "its job has ended", 5_000);
  await forgetSlots(conversation);
  await resume(conversation);
  await waitUntil(async () => (await reconcileQueued(stage.ctx, 1)) > 0, "it is stranded", 5_000);
  await becomes(message, "READ");
  expect(acceptedFor(message)).toHaveLength(1);
});

describe.each(["SUSPENDED", "CLOSED"] as const)("of a tenant that is %s", (status) => {
  test("nothing leaves that is queued already, and all of it in its order once it may send again", async () => {
    const conversation = await openConversation(stage);
    await setTenantStatus(conversation, status);
    const messages = await queueReplies(stage, conversation, ["first", "second"]);
    await jobsHaveEnded();
    expect((await Promise.all(messages.map(reload))).map((message) => message.status)).toEqual(["QUEUED", "QUEUED"]);

    await setTenantStatus(conversation, "ACTIVE");
    await Promise.all(messages.map((message) => becomes(message, "READ")));
    const left = messages.flatMap(acceptedFor).toSorted((a, b) => a.at - b.at);
    expect(left.map((entry) => entry.text)).toEqual(["first", "second"]);
  });

  test("what waits is not taken for a message whose job was lost", async () => {
    const conversation = await openConversation(stage);
    await setTenantStatus(conversation, status);
    const message = only(await queueReplies(stage, conversation, ["waiting"]));
    await jobsHaveEnded();
    await forgetSlots(conversation);
    expect(await reconcileQueued(stage.ctx, 1)).toBe(0);
    // The same message counts as lost as soon as nothing else holds it back.
    const { tenantId: id } = conversation;
    await stage.ctx.database.withSystem((tx) => tx.tenant.update({ where: { id }, data: { status: "TRIAL" } }));
    expect(await reconcileQueued(stage.ctx, 1)).toBe(1);
    await becomes(message, "READ");
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

const inboxOf = ({ tenantId, inboxId }: BuiltConversation) =>
  stage.ctx.database.withTenant(tenantId, (tx) => tx.inbox.findUniqueOrThrow({ where: { id: inboxId } }));

/** What Redis knows of the slots of an inbox is lost as well. */
async function forgetSlots({ inboxId }: BuiltConversation): Promise<void> {
  const { redis } = stage.test.publisher;
  await redis.del(await redis.keys(`${queuePrefix(stage.test.redis, `slots-${inboxId}`)}:*`));
}

/** The recipient as the provider counts it: digits without the plus. */
async function recipientOf({ tenantId, contactId }: BuiltConversation): Promise<string> {
  const identifier = await stage.ctx.database.withTenant(tenantId, (tx) =>
    tx.contactIdentifier.findFirstOrThrow({ where: { contactId } }),
  );
  return identifier.value.slice(1);
}

/** While its inbox is paused, nothing leaves the conversation. */
async function pausedLike(conversation: BuiltConversation): Promise<BuiltConversation> {
  await setInboxStatus(conversation, "PAUSED");
  return conversation;
}

const resume = (conversation: BuiltConversation) => setInboxStatus(conversation, "ACTIVE");

function setInboxStatus({ tenantId, inboxId }: BuiltConversation, status: "ACTIVE" | "PAUSED") {
  return stage.ctx.database.withTenant(tenantId, (tx) => tx.inbox.update({ where: { id: inboxId }, data: { status } }));
}

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
