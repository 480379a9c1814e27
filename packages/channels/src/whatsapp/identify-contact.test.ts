import { describe, expect, it } from "vitest";
import { CUSTOMER, CUSTOMER_USER_ID, inbound, parseLists, parseOneMessage } from "./webhook.fixture.ts";

const text = { text: { body: "Hello" } };

function contactOf(message: Record<string, unknown>, contacts?: unknown[]) {
  const { identifiers, name } = parseOneMessage(inbound("text", { ...text, ...message }), contacts).contact;
  return { identifiers: identifiers.map(({ type, value }) => `${type} ${value}`), name };
}

describe("who a message is from", () => {
  it("is the number alone when there is nothing else", () => {
    expect(contactOf({})).toEqual({ identifiers: [`WHATSAPP +${CUSTOMER}`], name: undefined });
  });

  it("is the user id alone when the user hides the number", () => {
    const contacts = [{ profile: { username: "customer.one" }, user_id: CUSTOMER_USER_ID }];
    expect(contactOf({ from: undefined, from_user_id: CUSTOMER_USER_ID }, contacts)).toEqual({
      identifiers: [`WHATSAPP_BSUID ${CUSTOMER_USER_ID}`],
      name: "customer.one",
    });
  });

  it("comes from the contact when the message itself names nobody", () => {
    const contacts = [{ profile: { name: "Customer One" }, user_id: CUSTOMER_USER_ID }];
    expect(contactOf({ from: undefined }, contacts).identifiers).toEqual([`WHATSAPP_BSUID ${CUSTOMER_USER_ID}`]);
  });

  it("has both spellings of a number, the one to answer first", () => {
    const contacts = [{ profile: { name: "Customer One" }, wa_id: "5511900001111" }];
    expect(contactOf({ from: "551190001111" }, contacts)).toEqual({
      identifiers: ["WHATSAPP +551190001111", "WHATSAPP +5511900001111"],
      name: "Customer One",
    });
  });

  it("is found by user id although the numbers differ", () => {
    const contacts = [
      { wa_id: "1555", user_id: "US.2" },
      { wa_id: "5511900001111", user_id: CUSTOMER_USER_ID },
    ];
    expect(contactOf({ from: "551190001111", from_user_id: CUSTOMER_USER_ID }, contacts).identifiers).toEqual([
      "WHATSAPP +551190001111",
      "WHATSAPP +5511900001111",
      `WHATSAPP_BSUID ${CUSTOMER_USER_ID}`,
    ]);
  });

  it("is not the only contact when the user ids say otherwise", () => {
    const contacts = [{ profile: { name: "Customer Two" }, wa_id: "15550002222", user_id: "US.2" }];
    expect(contactOf({ from_user_id: CUSTOMER_USER_ID }, contacts)).toEqual({
      identifiers: [`WHATSAPP +${CUSTOMER}`, `WHATSAPP_BSUID ${CUSTOMER_USER_ID}`],
      name: undefined,
    });
  });

  it("is told apart in a batch of several people", () => {
    const contacts = [
      { profile: { name: "Customer Two" }, wa_id: "15550002222" },
      { profile: { name: "Customer One" }, wa_id: CUSTOMER },
    ];
    const messages = [inbound("text", text), inbound("text", { ...text, from: "15550002222" })];
    expect(parseLists({ contacts, messages })).toMatchObject([
      { contact: { name: "Customer One", identifiers: [{ value: `+${CUSTOMER}` }] } },
      { contact: { name: "Customer Two", identifiers: [{ value: "+15550002222" }] } },
    ]);
  });

  it("is not guessed from the only contact of a batch of several people", () => {
    const contacts = [{ profile: { name: "Customer One" }, wa_id: CUSTOMER }];
    const messages = [inbound("text", text), inbound("text", { ...text, from: "15550002222" })];
    const names = parseLists({ contacts, messages }).map((part) => part.kind === "message" && part.contact.name);
    expect(names).toEqual(["Customer One", undefined]);
  });

  it.each([{ from: undefined }, { from: "" }, { from: "hidden" }, { from: 5 }, { from: null }])(
    "is unreadable when nobody can be named: %j",
    (message) => {
      const parts = parseLists({ messages: [inbound("text", { ...text, ...message })] });
      expect(parts).toMatchObject([{ kind: "unreadable", reason: "no_sender" }]);
    },
  );
});
