import { describe, expect, it } from "vitest";
import {
  ACCOUNT,
  CUSTOMER,
  CUSTOMER_USER_ID,
  inbound,
  parseLists,
  parseOneMessage,
  TIMESTAMP,
} from "./webhook.fixture.ts";

const PHONE = { type: "WHATSAPP", value: `+${CUSTOMER}` };
const USER = { type: "WHATSAPP_BSUID", value: CUSTOMER_USER_ID };
const text = { text: { body: "Hello" } };

describe("a message", () => {
  it("carries account, sender, time and what it answers", () => {
    const contacts = [{ profile: { name: "Customer One" }, wa_id: CUSTOMER, user_id: CUSTOMER_USER_ID }];
    expect(
      parseOneMessage(inbound("text", { ...text, context: { from: "1555", id: "wamid.OUT1" } }), contacts),
    ).toEqual({
      kind: "message",
      account: ACCOUNT,
      direction: "INBOUND",
      externalId: "wamid.IN1",
      contact: { identifiers: [PHONE, USER], name: "Customer One" },
      threadId: "",
      type: "text",
      content: { text: "Hello" },
      attachments: [],
      replyToExternalId: "wamid.OUT1",
      occurredAt: new Date(Number(TIMESTAMP) * 1000),
      opensTicket: true,
      opensWindow: true,
    });
  });

  it("of a group has a thread of its own", () => {
    expect(parseOneMessage(inbound("text", { ...text, group_id: "G1" })).threadId).toBe("G1");
  });

  it.each([
    ["text", text, true, true],
    ["unsupported", {}, true, true],
    ["reaction", { reaction: { message_id: "wamid.OUT1" } }, false, true],
    ["system", { system: { type: "customer_identity_changed" } }, false, false],
  ])("of type %s opens ticket and window as it should", (type, part, opensTicket, opensWindow) => {
    expect(parseOneMessage(inbound(type, part))).toMatchObject({ type, opensTicket, opensWindow });
  });

  it.each([1_750_000_000, "1750000000"])("takes %s as Unix seconds", (timestamp) => {
    expect(parseOneMessage(inbound("text", { ...text, timestamp })).occurredAt.getTime()).toBe(1_750_000_000_000);
  });

  it.each([undefined, null, "", "soon", "-5", "1e9", "0", 0, 1.5, 1_750_000_000_000, "1750000000000", {}, [1]])(
    "with the time %j is unreadable",
    (timestamp) => {
      const parts = parseLists({ messages: [inbound("text", { ...text, timestamp })] });
      expect(parts).toMatchObject([{ kind: "unreadable", reason: "bad_timestamp" }]);
    },
  );

  it("without an id is unreadable", () => {
    const parts = parseLists({ messages: [inbound("text", { ...text, id: undefined })] });
    expect(parts).toMatchObject([{ kind: "unreadable", reason: "no_message_id" }]);
  });
});

describe("a changed identity", () => {
  it.each([
    [{ type: "user_changed_number", wa_id: "15550002222" }, [{ type: "WHATSAPP", value: "+15550002222" }]],
    [{ type: "user_changed_number", new_wa_id: "15550002222" }, [{ type: "WHATSAPP", value: "+15550002222" }]],
    [{ type: "user_changed_user_id", user_id: "US.2" }, [{ type: "WHATSAPP_BSUID", value: "US.2" }]],
    [{ type: "customer_identity_changed", identity: {} }, undefined],
    [{ type: "user_changed_number", wa_id: CUSTOMER }, undefined],
  ])("adds to the identifiers of the old number %#", (system, newIdentifiers) => {
    const part = parseOneMessage(inbound("system", { system: { body: "Changed", ...system } }));
    expect(part).toMatchObject({ type: "system", contact: { identifiers: [PHONE] } });
    expect(part.newIdentifiers).toEqual(newIdentifiers);
  });
});

describe("an edit and a withdrawal", () => {
  const occurredAt = new Date(Number(TIMESTAMP) * 1000);

  it("name the message that they are about", () => {
    const edit = { original_message_id: "wamid.IN0", message: { type: "text", text: { body: "Better" } } };
    const revoke = { original_message_id: "wamid.IN0" };
    expect(parseLists({ messages: [inbound("edit", { edit }), inbound("revoke", { revoke })] })).toEqual([
      {
        kind: "edit",
        account: ACCOUNT,
        externalId: "wamid.IN0",
        editId: expect.stringMatching(/^wamid\./),
        type: "text",
        content: { text: "Better" },
        occurredAt,
      },
      { kind: "revoke", account: ACCOUNT, externalId: "wamid.IN0", occurredAt },
    ]);
  });

  it("are unreadable when they do not", () => {
    const messages = [inbound("edit", { edit: { message: {} } }), inbound("edit"), inbound("revoke", { revoke: {} })];
    expect(parseLists({ messages })).toMatchObject([
      { kind: "unreadable", reason: "malformed_edit" },
      { kind: "unreadable", reason: "malformed_edit" },
      { kind: "unreadable", reason: "malformed_revoke" },
    ]);
  });
});

describe("an echo", () => {
  it("is a message of ours to its recipient, and opens nothing", () => {
    const echo = { ...inbound("text", text), from: "15559990000", to: CUSTOMER, to_user_id: CUSTOMER_USER_ID };
    expect(parseLists({ message_echoes: [echo] }, "smb_message_echoes")).toMatchObject([
      {
        kind: "message",
        direction: "OUTBOUND",
        contact: { identifiers: [PHONE, USER] },
        content: { text: "Hello" },
        opensTicket: false,
        opensWindow: false,
      },
    ]);
  });

  it("without a recipient is unreadable", () => {
    const parts = parseLists({ message_echoes: [inbound("text", text)] }, "smb_message_echoes");
    expect(parts).toMatchObject([{ kind: "unreadable", reason: "no_recipient" }]);
  });
});
