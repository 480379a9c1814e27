import { describe, expect, it } from "vitest";
import { inbound, parseOneMessage } from "./webhook.fixture.ts";

const MEDIA = { id: "700", mime_type: "image/jpeg", sha256: "aGFzaA==", url: "https://media.example/expires" };

function contentOf(type: string, part: Record<string, unknown>) {
  const { type: readType, content, attachments } = parseOneMessage(inbound(type, part));
  return { type: readType, content, attachments };
}

describe("what a message says", () => {
  it.each([
    ["text", { text: { body: "Hello" } }, { text: "Hello" }],
    ["text", { text: { body: "" } }, { text: "" }],
    [
      "location",
      { location: { latitude: 48.1, longitude: 11.5, name: "Depot", address: "1 Main St", url: "https://x.example" } },
      {
        text: "Depot, 1 Main St",
        location: { latitude: 48.1, longitude: 11.5, name: "Depot", address: "1 Main St", url: "https://x.example" },
      },
    ],
    [
      "location",
      { location: { latitude: 0, longitude: 0 } },
      { text: undefined, location: { latitude: 0, longitude: 0 } },
    ],
    [
      "contacts",
      { contacts: [{ name: { formatted_name: "Customer Two" }, phones: [{ phone: "+1 555", wa_id: "1555" }] }, {}] },
      {
        text: "Customer Two",
        contacts: [{ name: { formattedName: "Customer Two" }, phones: [{ phone: "+1 555", waId: "1555" }] }, {}],
      },
    ],
    [
      "interactive",
      { interactive: { type: "button_reply", button_reply: { id: "cancel", title: "Cancel" } } },
      { text: "Cancel", interactive: { kind: "button_reply", id: "cancel", title: "Cancel" } },
    ],
    [
      "interactive",
      { interactive: { type: "list_reply", list_reply: { id: "r1", title: "Row", description: "The first" } } },
      { text: "Row", interactive: { kind: "list_reply", id: "r1", title: "Row", description: "The first" } },
    ],
    [
      "interactive",
      { interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: '{"a_b":"c"}' } } },
      { text: "Sent", interactive: { kind: "nfm_reply", name: "flow", body: "Sent", response: { a_b: "c" } } },
    ],
    [
      "interactive",
      { interactive: { type: "nfm_reply", nfm_reply: { response_json: "{broken" } } },
      { interactive: { kind: "nfm_reply", response: "{broken" } },
    ],
    [
      "interactive",
      {
        interactive: {
          type: "call_permission_reply",
          call_permission_reply: { response: "accept", is_permanent: false },
        },
      },
      { interactive: { kind: "call_permission_reply", response: "accept", isPermanent: false } },
    ],
    [
      "interactive",
      { interactive: { button_reply: { id: "a", title: "A" } } },
      { text: "A", interactive: { kind: "button_reply", id: "a", title: "A" } },
    ],
    [
      "button",
      { button: { payload: "STOP", text: "Unsubscribe" } },
      { text: "Unsubscribe", button: { payload: "STOP" } },
    ],
    [
      "reaction",
      { reaction: { message_id: "wamid.OUT1", emoji: "👍" } },
      { text: "👍", reaction: { emoji: "👍", messageExternalId: "wamid.OUT1" } },
    ],
    [
      "reaction",
      { reaction: { message_id: "wamid.OUT1" } },
      { reaction: { emoji: null, messageExternalId: "wamid.OUT1" } },
    ],
    [
      "reaction",
      { reaction: { message_id: "wamid.OUT1", emoji: "" } },
      { reaction: { emoji: null, messageExternalId: "wamid.OUT1" } },
    ],
    [
      "order",
      { order: { catalog_id: "1", text: "Please", product_items: [{ product_retailer_id: "p", item_price: 3 }] } },
      {
        text: "Please",
        order: { catalogId: "1", text: "Please", productItems: [{ productRetailerId: "p", itemPrice: 3 }] },
      },
    ],
    [
      "system",
      { system: { type: "customer_identity_changed", body: "Changed", identity: { created_timestamp: "1" } } },
      { text: "Changed", system: { kind: "customer_identity_changed", identity: { createdTimestamp: "1" } } },
    ],
  ])("reads %s %#", (type, part, content) => {
    expect(contentOf(type, part)).toEqual({ type, content, attachments: [] });
  });

  it.each([
    ["image", "IMAGE", { caption: "Look" }, { text: "Look" }, {}],
    ["video", "VIDEO", {}, {}, {}],
    ["audio", "AUDIO", { voice: true }, { voice: true }, {}],
    ["document", "DOCUMENT", { caption: "Bill", filename: "a.pdf" }, { text: "Bill" }, { fileName: "a.pdf" }],
    ["sticker", "STICKER", { animated: false }, { animated: false }, {}],
  ])("reads %s as an attachment and leaves its short-lived url out", (type, kind, extra, content, file) => {
    const attachment = { kind, providerMediaId: "700", mimeType: "image/jpeg", sha256: "aGFzaA==", ...file };
    expect(contentOf(type, { [type]: { ...MEDIA, ...extra } })).toEqual({ type, content, attachments: [attachment] });
  });

  it("keeps a file whose media type is missing or odd", () => {
    const { attachments } = contentOf("image", { image: { id: 700, mime_type: 5, caption: null } });
    expect(attachments).toEqual([{ kind: "IMAGE", providerMediaId: "700", mimeType: "application/octet-stream" }]);
  });

  it("reads a message without type by the key that holds its content", () => {
    const location = { latitude: 1, longitude: 2 };
    expect(contentOf("location", { type: undefined, location }).type).toBe("location");
  });

  it("adds how the message came", () => {
    const { content } = contentOf("text", {
      text: { body: "Hi" },
      group_id: "G1",
      context: { frequently_forwarded: true, referred_product: { catalog_id: "1", product_retailer_id: "p" } },
      referral: { source_type: "ad", welcome_message: { text: "Welcome" } },
    });
    expect(content).toEqual({
      text: "Hi",
      groupId: "G1",
      forwarded: true,
      frequentlyForwarded: true,
      referredProduct: { catalogId: "1", productRetailerId: "p" },
      referral: { sourceType: "ad", welcomeMessage: { text: "Welcome" } },
    });
  });
});

describe("what we do not model", () => {
  it.each([
    ["unsupported", { unsupported: { type: "poll_creation" } }],
    ["hologram", { hologram: { depth: 3 } }],
    ["constructor", {}],
    ["interactive", { interactive: { type: "new_reply", new_reply: {} } }],
    ["interactive", { interactive: {} }],
    ["text", {}],
    ["image", { image: { caption: "no id" } }],
    ["location", { location: { latitude: "north" } }],
  ])("keeps %s raw %#", (type, part) => {
    const raw = inbound(type, part);
    expect(contentOf(type, part)).toEqual({ type: "unsupported", content: { raw }, attachments: [] });
  });

  it("tells the errors of a message, in the new and in the old shape", () => {
    const errors = [
      { code: 131051, title: "Unknown", message: "Unknown", error_data: { details: "Not supported." } },
      { code: 501, title: "Older", details: "Elsewhere." },
      { title: "no code" },
    ];
    expect(contentOf("unsupported", { errors }).content["errors"]).toEqual([
      { code: "131051", title: "Unknown", detail: "Not supported." },
      { code: "501", title: "Older", detail: "Elsewhere." },
    ]);
  });
});
