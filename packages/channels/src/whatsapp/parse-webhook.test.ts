import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseWebhook } from "./parse-webhook.ts";
import {
  ACCOUNT,
  inbound,
  messagesChange,
  parseLists,
  parseOneMessage,
  status,
  webhookBody,
} from "./webhook.fixture.ts";

const hello = inbound("text", { text: { body: "Hello" } });

/** The parts in short: kind and what tells them apart. */
function brief(parts: ReturnType<typeof parseWebhook>): string[] {
  return parts.map((part) => {
    if (part.kind === "ignored") return `ignored ${part.name}`;
    if (part.kind === "unreadable") return `unreadable ${part.reason}`;
    return `${part.kind} ${part.externalId}`;
  });
}

describe("parseWebhook", () => {
  it("reads every entry, change, message, status and error, in order", () => {
    const first = messagesChange({
      messages: [
        { ...hello, id: "m1" },
        { ...hello, id: "m2" },
      ],
      statuses: [{ ...status("sent"), id: "s1" }],
      errors: [{ code: 131000 }, { code: 1 }],
    });
    const second = messagesChange({ statuses: [{ ...status("read"), id: "s2" }] });
    const account = { field: "account_update", value: { event: "VERIFIED_ACCOUNT" } };
    const third = messagesChange({ messages: [{ ...hello, id: "m3" }] });
    const payload = {
      object: "whatsapp_business_account",
      entry: [{ changes: [first, second] }, { changes: [account, third] }],
    };
    expect(brief(parseWebhook(Buffer.from(JSON.stringify(payload))))).toEqual([
      "message m1",
      "message m2",
      "status s1",
      "ignored messages.errors",
      "ignored messages.errors",
      "status s2",
      "ignored account_update",
      "message m3",
    ]);
  });

  it.each(["calls", "history", "user_preferences", "constructor", "something_new"])(
    "sets the field %s aside",
    (field) => {
      expect(brief(parseWebhook(webhookBody({ field, value: 1 })))).toEqual([`ignored ${field}`]);
    },
  );

  it("counts calls in which there is nothing", () => {
    expect(brief(parseLists({}))).toEqual(["ignored messages.empty"]);
    expect(brief(parseLists({ messages: null, statuses: [] }))).toEqual(["ignored messages.empty"]);
    expect(brief(parseLists({}, "smb_message_echoes"))).toEqual(["ignored smb_message_echoes.empty"]);
    expect(brief(parseWebhook(webhookBody()))).toEqual(["ignored empty"]);
  });

  it.each([
    ["", "not_json"],
    ["{", "not_json"],
    ["null", "not_a_whatsapp_payload"],
    ["[]", "not_a_whatsapp_payload"],
    ['{"object":"page","entry":[]}', "not_a_whatsapp_payload"],
    ['{"object":"whatsapp_business_account"}', "not_a_whatsapp_payload"],
    ['{"object":"whatsapp_business_account","entry":{}}', "not_a_whatsapp_payload"],
    ['{"object":"whatsapp_business_account","entry":[7]}', "malformed_entry"],
    ['{"object":"whatsapp_business_account","entry":[{"changes":[null]}]}', "malformed_change"],
    ['{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{}}]}]}', "malformed_change"],
    ['{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages"}]}]}', "no_phone_number_id"],
  ])("says why it cannot read %s", (body, reason) => {
    expect(brief(parseWebhook(Buffer.from(body)))).toEqual([`unreadable ${reason}`]);
  });

  it("does not lose the neighbours of something malformed", () => {
    const messages = [null, { ...hello, id: "m1" }, { ...hello, from: [] }, { ...hello, id: "m2" }];
    const good = messagesChange({ messages, statuses: "none" });
    expect(brief(parseWebhook(webhookBody(7, messagesChange({ messages: {} }), good)))).toEqual([
      "unreadable malformed_change",
      "unreadable malformed_messages",
      "unreadable malformed_message",
      "message m1",
      "unreadable no_sender",
      "message m2",
      "unreadable malformed_statuses",
    ]);
  });

  it("names the account of what it sets aside or cannot read, where the payload does", () => {
    const lists = {
      messages: [null, { ...hello, timestamp: "soon" }, { ...hello, from: [] }, inbound("edit"), inbound("revoke")],
      statuses: [null, status("pondered"), { ...status("sent"), id: [] }],
      errors: [{ code: 1 }],
    };
    const ofAccount = [lists, {}, { messages: {}, statuses: {}, errors: {} }].map((each) => messagesChange(each));
    const parts = parseWebhook(webhookBody(...ofAccount, messagesChange({ calls: [] }, "calls")));
    expect(parts).toHaveLength(14);
    expect(new Set(parts.map((part) => part.account))).toEqual(new Set([ACCOUNT]));

    const ofNobody = [{ field: "messages", value: {} }, { field: "account_update", value: { event: "X" } }, 7];
    const unknown = parseWebhook(webhookBody(...ofNobody));
    expect(unknown.map((part) => part.account)).toEqual([undefined, undefined, undefined]);
  });

  it("gives the errors beside a single message to that message", () => {
    const errors = [{ code: 131000, title: "Something went wrong" }];
    const parts = parseLists({ messages: [inbound("interactive", { interactive: {} })], errors });
    expect(parts).toMatchObject([
      { type: "unsupported", content: { errors: [{ code: "131000", title: "Something went wrong", detail: "" }] } },
    ]);
  });
});

/** The text that comes out when `escapedText` stands in the JSON of a text message. */
function textOf(escapedText: string): unknown {
  const body = webhookBody(messagesChange({ messages: [inbound("text", { text: { body: "@@" } })] }));
  const [part] = parseWebhook(Buffer.from(body.toString().replace("@@", escapedText)));
  return part?.kind === "message" ? part.content.text : part;
}

describe("text that is hard to store", () => {
  it("is read from its escapes", () => {
    expect(textOf(String.raw`Gr\u00fc\u00dfe \ud83d\ude00 \/ \\u0000`)).toBe(String.raw`Grüße 😀 / \u0000`);
  });

  it("loses NUL and halves of characters, which PostgreSQL refuses", () => {
    expect(textOf(String.raw`a\u0000b\ud83dc`)).toBe("ab\ufffdc");
  });

  it("is clean inside the answers of a form as well", () => {
    const reply = { name: "flow", response_json: String.raw`{"a":"x\u0000y"}` };
    const { content } = parseOneMessage(inbound("interactive", { interactive: { nfm_reply: reply } }));
    expect(content["interactive"]).toMatchObject({ response: { a: "xy" } });
  });
});

describe("parseWebhook, given anything", () => {
  const anyLists = fc.record(
    { messages: fc.jsonValue(), statuses: fc.jsonValue(), errors: fc.jsonValue(), contacts: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const type = fc.constantFrom(
    "text",
    "image",
    "contacts",
    "interactive",
    "order",
    "system",
    "edit",
    "revoke",
    "reaction",
  );
  const anyMessage = fc
    .tuple(type, fc.jsonValue(), fc.dictionary(fc.constantFrom("from", "id", "timestamp", "context"), fc.jsonValue()))
    .map(([name, part, odd]) => ({ ...inbound(name, { [name]: part }), ...odd }));

  it("never throws on bytes, and always says something", () => {
    const property = fc.property(fc.uint8Array(), (bytes) => {
      expect(parseWebhook(Buffer.from(bytes))).toHaveLength(1);
    });
    fc.assert(property);
  });

  it("never throws on JSON, and always says something", () => {
    const property = fc.property(fc.json(), fc.jsonValue(), anyLists, (json, change, lists) => {
      expect(parseWebhook(Buffer.from(json))).toHaveLength(1);
      expect(parseWebhook(webhookBody(change))).toHaveLength(1);
      expect(parseLists(lists)).not.toHaveLength(0);
    });
    fc.assert(property);
  });

  it("yields exactly one part for each message", () => {
    const property = fc.property(fc.array(anyMessage, { minLength: 1 }), (messages) => {
      expect(parseLists({ messages })).toHaveLength(messages.length);
    });
    fc.assert(property);
  });

  it("does not break on absurd nesting", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const body = webhookBody(messagesChange({ messages: [inbound("order", { order: { items: "@@" } }), hello] }));
    const parts = parseWebhook(Buffer.from(body.toString().replace('"@@"', deep)));
    expect(brief(parts).at(-1)).toBe("message wamid.IN1");
    expect(brief(parseWebhook(Buffer.from(`{"a":"\\u0000","b":${deep}}`)))).toEqual(["unreadable nested_too_deep"]);
  });
});
