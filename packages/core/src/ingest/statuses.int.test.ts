import { newId } from "@parley/runtime";
import type { TestContext } from "@parley/queue/testing";
import { buildContact, buildConversation, buildMessage, type BuiltInbox, type BuiltMessage } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, payload, rawEvents, status, wamid, type Value } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

const { messages, eventTypes, thread } = withFreshInbox((fresh) => ({ ctx, inbox, number } = fresh));

/** A user without a phone, to whom we have sent a voice message. */
let message: BuiltMessage;
let id: string;

beforeEach(async () => {
  const { tenantId, id: inboxId } = inbox;
  const identifiers = [{ type: "WHATSAPP_BSUID", value: "US.134", isPrimary: true } as const];
  const { id: contactId } = await buildContact(ctx, { tenantId, identifiers });
  const conversation = await buildConversation(ctx, { tenantId, inboxId, contactId });
  const voice = { type: "audio", content: { voice: true } };
  id = wamid();
  message = await buildMessage(ctx, conversation, { direction: "OUTBOUND", ...voice, externalId: id, attempts: 1 });
});

/** A status as it comes for a user without a phone: no `recipient_id`, but a user id. */
function hidden(value: string, part: Value = {}): Value {
  const recipient = { recipient_id: undefined, recipient_user_id: "US.134", parent_recipient_user_id: "US.ENT.118" };
  return { ...status(id, value), ...recipient, ...part };
}

const ofMember = (value: string, member: string): Value =>
  hidden(value, { recipient_type: "group", recipient_participant_id: member });

const tell = (...statuses: Value[]) => deliver(ctx, payload(change(number, { statuses })));
const statusNow = async () => (await messages()).map((stored) => stored.status);

describe("a voice message", () => {
  test("is played once it was listened to, and every step on the way is told", async () => {
    for (const value of ["delivered", "read", "played"]) await tell(hidden(value));
    expect(await statusNow()).toEqual(["PLAYED"]);
    expect(await thread()).toMatchObject([{ status: "played" }]);
    expect(await eventTypes()).toEqual(Array(3).fill("MESSAGE_STATUS_CHANGED"));
  });

  test("stays played whatever comes late, or again", async () => {
    await tell(hidden("played"));
    await tell(hidden("read"), hidden("delivered"), hidden("sent"), hidden("played"), hidden("failed"));
    expect(await statusNow()).toEqual(["PLAYED"]);
    expect(await eventTypes()).toHaveLength(1);
  });
});

describe("a status for a user without a phone", () => {
  test("is found by the provider's id", async () => {
    await tell(hidden("delivered"));
    expect(await statusNow()).toEqual(["DELIVERED"]);
  });

  test("is found by our reference when the provider's id is not known yet, and tells it", async () => {
    await ctx.database.withTenant(inbox.tenantId, (tx) =>
      tx.message.updateMany({ where: { id: message.id }, data: { externalId: null, status: "UNKNOWN" } }),
    );
    await tell(hidden("delivered", { biz_opaque_callback_data: `${message.id}:1` }));
    expect(await messages()).toMatchObject([{ status: "DELIVERED", externalId: id }]);
  });

  test("may come with the user's contact beside it, which makes nobody", async () => {
    const contacts = [{ profile: { name: "Sheena" }, user_id: "US.134" }, { user_id: "US.999" }];
    await deliver(ctx, payload(change(number, { contacts, statuses: [hidden("read")] })));
    expect(await statusNow()).toEqual(["READ"]);
    const names = await ctx.database.withTenant(inbox.tenantId, (tx) =>
      tx.contact.findMany({ select: { name: true } }),
    );
    expect(names).toEqual([{ name: "Customer One" }]);
  });

  test("may be a failure, which says why", async () => {
    await tell(hidden("failed"));
    expect(await thread()).toMatchObject([{ status: "failed", error: { code: "131026", retryable: false } }]);
  });
});

test("a group's statuses, one for each member, advance the message as far as the furthest", async () => {
  await tell(ofMember("read", "1650"), ofMember("delivered", "1651"), ofMember("delivered", "1652"));
  await tell(ofMember("delivered", "1653"));
  expect(await statusNow()).toEqual(["READ"]);
});

test("what it cost and what is new about a status are no obstacle, and an unknown one is counted", async () => {
  const pricing = { billable: true, pricing_model: "PMP", type: "regular", category: "marketing" };
  const body = payload(
    change(number, { statuses: [hidden("sent", { pricing }), hidden("warning", { nonce: newId() })] }),
  );
  await deliver(ctx, body);
  expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "APPLIED" }]);
  const [event] = await ctx.database.withTenant(inbox.tenantId, (tx) => tx.rawWebhookEvent.findMany());
  expect(event?.ignoredParts).toEqual({ "status.warning": 1 });
});
