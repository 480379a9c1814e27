import { waitUntil, type BuiltConversation } from "@parley/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  acceptedFor,
  becomes,
  openConversation,
  openOutboundStage,
  queueReplies,
  queueReply,
  readMessage,
  type OutboundStage,
} from "./outbound.fixture.ts";

let stage: OutboundStage;
beforeAll(async () => {
  stage = await openOutboundStage();
});
afterAll(() => stage.close());
afterEach(() => stage.simulator.setFaults({}));

test("a reply reaches the provider once and its statuses bring it to read", async () => {
  const message = await queueReply(stage, await openConversation(stage), "Hello");
  await becomes(stage, message, "READ");
  const stored = await readMessage(stage, message);
  expect(acceptedFor(stage, message)).toMatchObject([{ text: "Hello", id: stored.externalId }]);
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
  await Promise.all(messages.map((message) => becomes(stage, message, "READ")));
  const left = messages.flatMap((message) => acceptedFor(stage, message)).toSorted((a, b) => a.at - b.at);
  expect(left.map((entry) => entry.text)).toEqual(texts);
});

test.each([
  ["a throttle", { status429: 1 }],
  ["a failure that the provider explains", { failWith: 131000 }],
])("%s is tried again and the message is delivered once", async (_name, fault) => {
  const conversation = await openConversation(stage);
  const recipient = await recipientOf(conversation);
  stage.simulator.setFaults("failWith" in fault ? { failRecipients: { [recipient]: fault.failWith } } : fault);
  const message = await queueReply(stage, conversation, "Hello");
  await waitUntil(
    async () => (await readMessage(stage, message)).outboundAttempts.some((attempt) => attempt.state === "REFUSED"),
    "a refusal",
    5_000,
  );
  stage.simulator.setFaults({});
  await becomes(stage, message, "READ");
  expect(acceptedFor(stage, message)).toHaveLength(1);
  expect((await readMessage(stage, message)).error).toBeNull();
});

test("a refusal for good fails the message with the provider's reason", async () => {
  const conversation = await openConversation(stage);
  stage.simulator.setFaults({ failRecipients: { [await recipientOf(conversation)]: 131047 } });
  const message = await queueReply(stage, conversation, "Hello");
  await becomes(stage, message, "FAILED");
  expect((await readMessage(stage, message)).error).toMatchObject({ code: "131047", retryable: false });
});

test("trouble with the account pauses the inbox and keeps the message", async () => {
  const conversation = await openConversation(stage, { credentials: { accessToken: "expired" } });
  const message = await queueReply(stage, conversation, "Hello");
  await waitUntil(async () => (await inboxOf(conversation)).status === "PAUSED", "the inbox is paused", 5_000);
  expect((await inboxOf(conversation)).pausedReason).toContain("190");
  expect((await readMessage(stage, message)).status).toBe("QUEUED");
  expect(acceptedFor(stage, message)).toEqual([]);
});

const inboxOf = ({ tenantId, inboxId }: BuiltConversation) =>
  stage.ctx.database.withTenant(tenantId, (tx) => tx.inbox.findUniqueOrThrow({ where: { id: inboxId } }));

/** The recipient as the provider counts it: digits without the plus. */
async function recipientOf({ tenantId, contactId }: BuiltConversation): Promise<string> {
  const identifier = await stage.ctx.database.withTenant(tenantId, (tx) =>
    tx.contactIdentifier.findFirstOrThrow({ where: { contactId } }),
  );
  return identifier.value.slice(1);
}
