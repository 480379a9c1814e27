import type { TestContext } from "@parley/queue/testing";
import { describe, expect, test } from "vitest";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, inbound, payload, type Value } from "./webhook.fixture.ts";

let ctx: TestContext;
let number: string;

const { messages, tickets, conversations, thread } = withFreshInbox((fresh) => ({ ctx, number } = fresh));

const CUSTOMER = "33600000001";
const receive = (...list: Value[]) => deliver(ctx, payload(change(number, { messages: list })));

/** The content of the only message: the same in the database and in what agents are shown. */
async function contentOfOnly(type: string): Promise<unknown> {
  const [stored, ...others] = await messages();
  expect(others).toEqual([]);
  expect(stored).toMatchObject({ direction: "INBOUND", status: "RECEIVED", senderType: "CONTACT", type });
  expect(await thread()).toMatchObject([
    { id: stored?.id, direction: "inbound", status: "received", type, content: stored?.content, attachments: [] },
  ]);
  return stored?.content;
}

const CHOICE = { id: "r1", title: "Tomorrow", description: "Before noon" };
const PLACE = { latitude: 37.46, longitude: -122.21, name: "HQ", address: "1 Way", url: "https://place.example" };
const ITEM = { product_retailer_id: "p", quantity: 2, item_price: 30, currency: "USD" };

describe("what a customer says is stored and shown:", () => {
  test.each<[string, string, Value, Value]>([
    ["a text", "text", { text: { body: "Grüße 😀" } }, { text: "Grüße 😀" }],
    ["a place", "location", { location: PLACE }, { text: "HQ, 1 Way", location: PLACE }],
    [
      "a place without a name",
      "location",
      { location: { latitude: 0, longitude: 0 } },
      { location: { latitude: 0, longitude: 0 } },
    ],
    [
      "address book entries",
      "contacts",
      {
        contacts: [
          {
            name: { formatted_name: "A B", first_name: "A" },
            phones: [{ phone: "+1 650", wa_id: "1650", type: "CELL" }],
            emails: [],
            org: {},
            vcard: "BEGIN:VCARD",
          },
        ],
      },
      {
        text: "A B",
        contacts: [
          {
            name: { formattedName: "A B", firstName: "A" },
            phones: [{ phone: "+1 650", waId: "1650", type: "CELL" }],
            emails: [],
            org: {},
            vcard: "BEGIN:VCARD",
          },
        ],
      },
    ],
    [
      "the press of a button",
      "interactive",
      { interactive: { type: "button_reply", button_reply: { id: "cancel", title: "Cancel" } } },
      { text: "Cancel", interactive: { kind: "button_reply", id: "cancel", title: "Cancel" } },
    ],
    [
      "a choice from a list",
      "interactive",
      { interactive: { type: "list_reply", list_reply: CHOICE } },
      { text: "Tomorrow", interactive: { kind: "list_reply", ...CHOICE } },
    ],
    [
      "a form that was filled in",
      "interactive",
      { interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: '{"a_b":[1]}' } } },
      { text: "Sent", interactive: { kind: "nfm_reply", name: "flow", body: "Sent", response: { a_b: [1] } } },
    ],
    [
      "the permission to call",
      "interactive",
      { interactive: { type: "call_permission_reply", call_permission_reply: { response: "accept" } } },
      { interactive: { kind: "call_permission_reply", response: "accept" } },
    ],
    [
      "the press of a template's button",
      "button",
      { button: { payload: "STOP", text: "Unsubscribe" } },
      { text: "Unsubscribe", button: { payload: "STOP" } },
    ],
    [
      "a reaction",
      "reaction",
      { reaction: { message_id: "wamid.X", emoji: "👍" } },
      { text: "👍", reaction: { emoji: "👍", messageExternalId: "wamid.X" } },
    ],
    [
      "a reaction that is taken back",
      "reaction",
      { reaction: { message_id: "wamid.X" } },
      { reaction: { emoji: null, messageExternalId: "wamid.X" } },
    ],
    [
      "an order",
      "order",
      { order: { catalog_id: "1", text: "Please", product_items: [ITEM] } },
      {
        text: "Please",
        order: {
          catalogId: "1",
          text: "Please",
          productItems: [{ productRetailerId: "p", quantity: 2, itemPrice: 30, currency: "USD" }],
        },
      },
    ],
    [
      "a notice of the system",
      "system",
      { system: { type: "customer_identity_changed", body: "Changed", identity: { created_timestamp: "1" } } },
      { text: "Changed", system: { kind: "customer_identity_changed", identity: { createdTimestamp: "1" } } },
    ],
  ])("%s", async (_what, type, part, content) => {
    await receive(inbound(CUSTOMER, type, part));
    expect(await contentOfOnly(type)).toEqual(content);
  });

  test.each<[string, Value]>([
    ["what Meta itself does not support", { type: "unsupported", unsupported: { type: "poll_creation" } }],
    ["a type that nobody knows yet", { type: "hologram", hologram: { depth: 3 } }],
    ["an interactive reply that nobody knows yet", { type: "interactive", interactive: { type: "new_reply" } }],
    ["a type without what belongs to it", { type: "text" }],
  ])("%s, whole as it came", async (_what, part) => {
    const message = inbound(CUSTOMER, "unsupported", part);
    await receive(message);
    expect(await contentOfOnly("unsupported")).toEqual({ raw: message });
  });

  test("what PostgreSQL cannot store, without those characters", async () => {
    const body = payload(change(number, { messages: [inbound(CUSTOMER, "text", { text: { body: "@@" } })] }));
    await deliver(ctx, Buffer.from(body.toString().replace("@@", String.raw`a\u0000b\ud83dc`)));
    expect(await contentOfOnly("text")).toEqual({ text: "ab\ufffdc" });
  });
});

describe("how a message came is stored and shown:", () => {
  const hello = { text: { body: "Hi" } };
  const referral = {
    source_url: "https://fb.example/ad",
    source_id: "7",
    source_type: "ad",
    headline: "Sale",
    body: "All of it",
    media_type: "image",
    image_url: "https://fb.example/image",
    ctwa_clid: "c1",
    welcome_message: { text: "Welcome" },
  };

  test.each<[string, Value, Value]>([
    ["forwarded", { context: { forwarded: true } }, { forwarded: true }],
    [
      "forwarded by very many",
      { context: { frequently_forwarded: true } },
      { forwarded: true, frequentlyForwarded: true },
    ],
    [
      "about a product",
      { context: { referred_product: { catalog_id: "1", product_retailer_id: "p" } } },
      { referredProduct: { catalogId: "1", productRetailerId: "p" } },
    ],
    [
      "from an advertisement",
      { referral },
      {
        referral: {
          sourceUrl: "https://fb.example/ad",
          sourceId: "7",
          sourceType: "ad",
          headline: "Sale",
          body: "All of it",
          mediaType: "image",
          imageUrl: "https://fb.example/image",
          ctwaClid: "c1",
          welcomeMessage: { text: "Welcome" },
        },
      },
    ],
    [
      "with an error",
      { errors: [{ code: 131051, title: "Odd" }] },
      { errors: [{ code: "131051", title: "Odd", detail: "" }] },
    ],
    ["with keys that nobody documented", { from_logical_id: "9", internal_1p_only_data: { a: 1 } }, {}],
  ])("%s", async (_how, circumstances, content) => {
    await receive(inbound(CUSTOMER, "text", { ...hello, ...circumstances }));
    expect(await contentOfOnly("text")).toEqual({ text: "Hi", ...content });
  });

  test("as the answer to another message, which it names", async () => {
    await receive(inbound(CUSTOMER, "text", { ...hello, context: { from: "15550783881", id: "wamid.OURS" } }));
    expect(await messages()).toMatchObject([{ replyToExternalId: "wamid.OURS" }]);
    expect(await thread()).toMatchObject([{ replyToExternalId: "wamid.OURS" }]);
  });

  test("with the error beside it, when it is the only message", async () => {
    const errors = [{ code: 131000, title: "Something went wrong", error_data: { details: "Later." } }];
    const message = inbound(CUSTOMER, "interactive", { interactive: {} });
    await deliver(ctx, payload(change(number, { messages: [message], errors })));
    expect(await contentOfOnly("unsupported")).toEqual({
      raw: message,
      errors: [{ code: "131000", title: "Something went wrong", detail: "Later." }],
    });
  });

  test("at the provider's time, whether that is written as a text or as a number", async () => {
    await receive(
      inbound(CUSTOMER, "text", { ...hello, timestamp: "1767225600" }),
      inbound(CUSTOMER, "text", { ...hello, timestamp: 1_767_225_601 }),
    );
    expect((await thread()).map((message) => message.sentAt)).toEqual([
      "2026-01-01T00:00:00.000Z",
      "2026-01-01T00:00:01.000Z",
    ]);
  });
});

test.each<[string, string, Value, { ticket: boolean; window: boolean }]>([
  ["a text", "text", { text: { body: "Hi" } }, { ticket: true, window: true }],
  ["a file", "image", { image: { id: "1" } }, { ticket: true, window: true }],
  ["the press of a button", "button", { button: { text: "Yes" } }, { ticket: true, window: true }],
  ["something unsupported", "hologram", {}, { ticket: true, window: true }],
  ["a reaction", "reaction", { reaction: { message_id: "wamid.X", emoji: "👍" } }, { ticket: false, window: true }],
  ["a notice of the system", "system", { system: { type: "x" } }, { ticket: false, window: false }],
])("%s asks for an answer, and allows one, as it should", async (_what, type, part, expected) => {
  await receive(inbound(CUSTOMER, type, part));
  expect(await tickets()).toHaveLength(expected.ticket ? 1 : 0);
  const [conversation] = await conversations();
  expect(conversation?.unreadCount).toBe(expected.ticket ? 1 : 0);
  expect(conversation?.windowExpiresAt).toEqual(expected.window ? expect.any(Date) : null);
});
