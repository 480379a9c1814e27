import type { TestContext } from "@parley/queue/testing";
import type { BuiltInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, echo, echoes, payload, seconds, status, text, wamid, type Value } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

const { messages, attachments, contacts, conversations, tickets, eventTypes, thread } = withFreshInbox(
  (fresh) => ({ ctx, inbox, number } = fresh),
);

const CUSTOMER = "33600000001";
const image = { id: "1003", mime_type: "image/jpeg", sha256: "SfIn=", caption: "Like this one?" };
const send = (...list: Value[]) => deliver(ctx, payload(echoes(number, ...list)));
const receive = (...list: Value[]) => deliver(ctx, payload(change(number, { messages: list })));
const later = seconds(new Date(Date.now() + 60_000));

describe("what the business sends from its phone app", () => {
  test("is a message of ours to that customer, by nobody whom we know", async () => {
    await send(echo(CUSTOMER, "text", { text: { body: "From the shop" } }));
    expect(await messages()).toMatchObject([
      {
        direction: "OUTBOUND",
        status: "SENT",
        senderType: "AGENT",
        senderId: null,
        content: { text: "From the shop" },
      },
    ]);
    expect(await contacts()).toMatchObject([{ identifiers: [{ value: `+${CUSTOMER}` }] }]);
    expect(await eventTypes()).toEqual(["CONTACT_CREATED", "CONVERSATION_OPENED", "MESSAGE_SENT"]);
  });

  test("stands in the customer's thread and ticket, and asks nobody for an answer", async () => {
    await receive(text(CUSTOMER, { body: "Open?" }));
    const before = await conversations();
    await send(echo(CUSTOMER, "text", { text: { body: "Until six" }, timestamp: later }));
    expect((await thread()).map((message) => [message.direction, message.content?.text])).toEqual([
      ["inbound", "Open?"],
      ["outbound", "Until six"],
    ]);
    const [ticket, ...others] = await tickets();
    expect(others).toEqual([]);
    const [, answer] = await messages();
    expect(answer?.ticketId).toBe(ticket?.id);
    const windowExpiresAt = before[0]?.windowExpiresAt;
    expect(await conversations()).toMatchObject([{ unreadCount: 1, lastMessageId: answer?.id, windowExpiresAt }]);
  });

  test("may be a file, which is shown with it", async () => {
    await send(echo(CUSTOMER, "image", { image }));
    expect(await messages()).toMatchObject([{ direction: "OUTBOUND", type: "image" }]);
    const [stored] = await attachments();
    expect(stored).toMatchObject({ kind: "IMAGE", sha256: "SfIn=", providerMediaId: "1003" });
    expect(await thread()).toMatchObject([
      {
        direction: "outbound",
        content: { text: "Like this one?" },
        attachments: [{ id: stored?.id, kind: "image", mimeType: "image/jpeg" }],
      },
    ]);
  });

  test("may be for a customer who hides the phone", async () => {
    await receive(text("", { userId: "US.134" }));
    await send(echo("", "text", { text: { body: "Hi" }, to_user_id: "US.134" }));
    expect(await contacts()).toHaveLength(1);
    const directions = (await thread()).map((message) => message.direction ?? "none");
    expect(directions.toSorted((one, other) => one.localeCompare(other))).toEqual(["inbound", "outbound"]);
  });

  test("is one message however often it is delivered, and takes the statuses that follow", async () => {
    const id = wamid();
    const message = echo(CUSTOMER, "text", { id, text: { body: "Hi" } });
    await send(message, message);
    await deliver(ctx, payload(echoes(number, message), change(number, { statuses: [status(id, "read")] })));
    expect(await messages()).toMatchObject([{ direction: "OUTBOUND", status: "READ" }]);
  });
});

const edited = (id: string, message: Value) =>
  echo(CUSTOMER, "edit", { timestamp: later, edit: { original_message_id: id, message } });
const revoked = (id: string) => echo(CUSTOMER, "revoke", { timestamp: later, revoke: { original_message_id: id } });

describe("when the business changes in its phone app what it has sent", () => {
  test("an edit replaces the text and keeps what it was", async () => {
    const id = wamid();
    await send(echo(CUSTOMER, "text", { id, text: { body: "Until sex" } }));
    await send(edited(id, { type: "text", text: { body: "Until six" } }));
    expect(await messages()).toMatchObject([
      { direction: "OUTBOUND", content: { text: "Until six", history: [{ text: "Until sex" }] } },
    ]);
    expect(await eventTypes()).toContain("MESSAGE_EDITED");
  });

  test("an edit of a caption leaves the file where it is", async () => {
    const id = wamid();
    await send(echo(CUSTOMER, "image", { id, image }));
    await send(edited(id, { type: "image", image: { ...image, caption: "Or this one?" } }));
    expect(await attachments()).toHaveLength(1);
    expect(await thread()).toMatchObject([
      { type: "image", content: { text: "Or this one?" }, attachments: [{ kind: "image" }] },
    ]);
  });

  test("a withdrawal is noted at the message, and is an act of the business", async () => {
    const id = wamid();
    await send(echo(CUSTOMER, "text", { id, text: { body: "Wrong chat" } }));
    await send(revoked(id));
    expect((await messages())[0]?.content).toMatchObject({ text: "Wrong chat", revokedAt: expect.any(String) });
    const events = await ctx.database.withTenant(inbox.tenantId, (tx) =>
      tx.event.findMany({ where: { type: "MESSAGE_REVOKED" } }),
    );
    expect(events).toMatchObject([{ actorType: "AGENT", messageId: (await messages())[0]?.id }]);
  });

  test("both wait for their message when they come first", async () => {
    const [first, second] = [wamid(), wamid()];
    await send(edited(first, { type: "text", text: { body: "new" } }), revoked(second));
    expect(await messages()).toEqual([]);
    await send(
      echo(CUSTOMER, "text", { id: first, text: { body: "old" } }),
      echo(CUSTOMER, "text", { id: second, text: { body: "gone" } }),
    );
    const contentOf = new Map((await messages()).map((message) => [message.externalId, message.content]));
    expect(contentOf.get(first)).toMatchObject({ text: "new", history: [{ text: "old" }] });
    expect(contentOf.get(second)).toMatchObject({ text: "gone", revokedAt: expect.any(String) });
  });
});
