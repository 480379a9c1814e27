import { newId } from "@parley/runtime";
import { actingAs } from "@parley/queue/testing";
import { waitUntil } from "@parley/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { showConversation } from "../conversations/index.ts";
import { changeInbox, showInbox } from "../inboxes/index.ts";
import { openConversation, openOutboundStage, type OutboundStage } from "../outbound/outbound.fixture.ts";
import { retryMessage } from "./retry-message.ts";
import type { MessageJson } from "./schemas.ts";
import { sendMessage } from "./send-message.ts";
import { showMessage } from "./show-message.ts";

let stage: OutboundStage;

beforeAll(async () => {
  stage = await openOutboundStage();
});

afterAll(() => stage.close());
afterEach(() => stage.simulator.setFaults({}));

function adminOf(tenantId: string): RequestContext {
  return actingAs(stage.ctx, { userId: newId(), tenantId, role: "ADMIN" });
}

async function becomes(
  admin: RequestContext,
  { id }: MessageJson,
  status: MessageJson["status"],
): Promise<MessageJson> {
  await waitUntil(async () => (await showMessage(admin, { id })).status === status, `the message is ${status}`);
  return showMessage(admin, { id });
}

async function recipientOf(admin: RequestContext, conversationId: string): Promise<string> {
  const { contact } = await showConversation(admin, { id: conversationId });
  return contact.identifiers[0]?.value ?? "";
}

test("a message that failed for good is sent by a retry, under the id of the new attempt", async () => {
  const conversation = await openConversation(stage);
  const admin = adminOf(conversation.tenantId);
  // The provider accepts it, gives it an id, and then says that it could not be delivered.
  stage.simulator.setFaults({ failRecipientsLater: { [await recipientOf(admin, conversation.id)]: 131026 } });
  const message = await sendMessage(admin, {
    conversationId: conversation.id,
    type: "text",
    text: "Hello",
    isInternal: false,
  });
  const failed = await becomes(admin, message, "failed");
  expect(failed).toMatchObject({ externalId: expect.any(String), error: { code: "131026" } });

  stage.simulator.setFaults({});
  await retryMessage(admin, { id: message.id, acceptDuplicate: false });
  const read = await becomes(admin, message, "read");
  expect(read.error).toBeNull();
  expect(read.externalId).not.toBe(failed.externalId);
  expect(stage.simulator.ledger.accepted.filter((entry) => entry.id === read.externalId)).toHaveLength(1);
});

test("what waited in a paused inbox leaves in its order once somebody resumes the inbox", async () => {
  const conversation = await openConversation(stage);
  const { tenantId, id: conversationId, inboxId } = conversation;
  const admin = adminOf(tenantId);
  // Meta, error 190: the access token has expired.
  stage.simulator.setFaults({ failRecipients: { [await recipientOf(admin, conversationId)]: 190 } });
  const messages: MessageJson[] = [];
  for (const text of ["first", "second", "third"]) {
    messages.push(await sendMessage(admin, { conversationId, type: "text", text, isInternal: false }));
  }
  await waitUntil(async () => (await showInbox(admin, { id: inboxId })).status === "paused", "the inbox is paused");

  stage.simulator.setFaults({});
  await changeInbox(admin, { id: inboxId, status: "ACTIVE" });
  const read = await Promise.all(messages.map((message) => becomes(admin, message, "read")));
  const ids = new Set(read.map((message) => message.externalId));
  const left = stage.simulator.ledger.accepted.filter((entry) => ids.has(entry.id));
  expect(left.map((entry) => entry.text)).toEqual(["first", "second", "third"]);
});
