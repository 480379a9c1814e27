import { newId } from "@parley/runtime";
import { actingAs, type TestContext } from "@parley/queue/testing";
import type { BuiltInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { showContact } from "../contacts/index.ts";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, inbound, payload, rawEvents, text, type Value } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

const { messages, contacts, conversations, tickets } = withFreshInbox((fresh) => ({ ctx, inbox, number } = fresh));

const CUSTOMER = "33600000001";
const receive = (messageList: Value[], contactList?: Value[]) =>
  deliver(ctx, payload(change(number, { messages: messageList, contacts: contactList })));

/** The sender of the first message, as agents are shown it. */
async function sender() {
  const [message] = await messages();
  const agent = actingAs(ctx, { userId: newId(), tenantId: inbox.tenantId });
  return showContact(agent, { id: message?.senderId ?? "" });
}

describe("a user who hides the phone", () => {
  test("is shown by user id and name, and has a conversation and a ticket as everybody has", async () => {
    const profile = { name: "Sheena Nelson", username: "realsheena" };
    const contact = { profile, user_id: "US.134", parent_user_id: "US.ENT.118", country_code: "US" };
    await receive([text("", { userId: "US.134", body: "Hello" })], [contact]);
    expect(await sender()).toMatchObject({
      name: "Sheena Nelson",
      identifiers: [{ type: "whatsapp_bsuid", value: "US.134", isPrimary: true }],
    });
    expect(await conversations()).toMatchObject([{ unreadCount: 1 }]);
    expect(await tickets()).toMatchObject([{ subject: "Hello" }]);
  });

  test("is shown by username when there is no name, as soon as it is told", async () => {
    await receive([text("", { userId: "US.135" })]);
    expect(await sender()).toMatchObject({ name: null });
    await receive([text("", { userId: "US.135" })], [{ profile: { username: "sheena" }, user_id: "US.135" }]);
    expect(await sender()).toMatchObject({ name: "sheena" });
  });

  test("and gets a new user id keeps contact and conversation", async () => {
    await receive([text("", { userId: "US.136" })]);
    const system = { type: "user_changed_user_id", body: "changed", user_id: "US.137" };
    await receive([inbound("", "system", { from_user_id: "US.136", system })]);
    await receive([text("", { userId: "US.137" })]);
    expect(await sender()).toMatchObject({
      identifiers: [
        { value: "US.137", isPrimary: true },
        { value: "US.136", isPrimary: false },
      ],
    });
    expect(await contacts()).toHaveLength(1);
    expect(await conversations()).toHaveLength(1);
  });
});

describe("a user with a phone", () => {
  test("has the number to answer first, whatever else the number is called", async () => {
    const contact = { profile: { name: "Ana" }, wa_id: "5511900001111", user_id: "BR.1" };
    await receive([text("551190001111", { userId: "BR.1" })], [contact]);
    expect(await sender()).toMatchObject({ name: "Ana" });
    const [stored] = await contacts();
    const primary = stored?.identifiers.map(({ value, isPrimary }) => [value, isPrimary]);
    expect(Object.fromEntries(primary ?? [])).toEqual({
      "+551190001111": true,
      "+5511900001111": false,
      "BR.1": false,
    });
  });

  test("and gets a new number keeps contact and conversation, and no ticket is opened for the notice", async () => {
    const system = { type: "user_changed_number", body: "User A changed from 1 to 2", wa_id: "33600000002" };
    await receive([inbound(CUSTOMER, "system", { system })]);
    expect(await tickets()).toEqual([]);
    await receive([text("33600000002")]);
    expect(await contacts()).toHaveLength(1);
    expect(await conversations()).toHaveLength(1);
    expect((await messages()).map((message) => message.type)).toEqual(["system", "text"]);
  });
});

const inGroup = (from: string, group: string) => ({ ...text(from), group_id: group });

describe("a group", () => {
  test("stands apart from what the same person writes privately, and from other groups", async () => {
    await receive([text(CUSTOMER), inGroup(CUSTOMER, "G1"), inGroup(CUSTOMER, "G2"), inGroup(CUSTOMER, "G1")]);
    expect(await contacts()).toHaveLength(1);
    const unread = (await conversations()).map(({ externalThreadId, unreadCount }) => [externalThreadId, unreadCount]);
    expect(Object.fromEntries(unread)).toEqual({ "": 1, G1: 2, G2: 1 });
    expect(await tickets()).toHaveLength(3);
  });

  test("has every message under the one who wrote it", async () => {
    const names = [
      { profile: { name: "One" }, wa_id: "33600000001" },
      { profile: { name: "Two" }, user_id: "FR.2" },
    ];
    const second = { ...text("", { userId: "FR.2" }), group_id: "G1" };
    await receive([inGroup("33600000001", "G1"), second], names);
    const nameOf = new Map((await contacts()).map((contact) => [contact.id, contact.name]));
    expect((await messages()).map((message) => nameOf.get(message.senderId ?? ""))).toEqual(["One", "Two"]);
  });
});

test("a message of nobody is quarantined, and its neighbours are applied", async () => {
  const body = payload(change(number, { messages: [text(""), text(CUSTOMER)] }));
  await deliver(ctx, body);
  expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "QUARANTINED", reason: "no_sender" }]);
  expect(await messages()).toHaveLength(1);
});
