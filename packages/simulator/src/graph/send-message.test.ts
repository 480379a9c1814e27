import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { messageIdOf, PHONE_NUMBER_ID, post, sendText } from "../testing/graph-client.ts";

const BUSINESS_NUMBER = "15550783881";
let simulator: Simulator;
let clock: number;

beforeEach(async () => {
  clock = 1_750_000_000_000;
  simulator = await startSimulator({
    appSecret: "secret",
    now: () => clock,
    enforceWindow: true,
    accounts: {
      [PHONE_NUMBER_ID]: {
        displayPhoneNumber: BUSINESS_NUMBER,
        templates: [
          { id: "1", name: "order_update", language: "en_US", status: "APPROVED", category: "UTILITY", components: [] },
        ],
      },
    },
  });
  await simulator.deliverInbound({ phoneNumberId: PHONE_NUMBER_ID, from: "+33600000001", text: "Hi" });
});
afterEach(() => simulator.stop());

test("a send is accepted with Meta's answer and kept in the ledger", async () => {
  const reply = await sendText(simulator.url, { biz_opaque_callback_data: "m1:1" });
  expect(reply).toEqual({
    status: 200,
    body: {
      messaging_product: "whatsapp",
      contacts: [{ input: "+33600000001", wa_id: "33600000001" }],
      messages: [{ id: expect.stringMatching(/^wamid\./) }],
    },
  });
  const expected = {
    id: messageIdOf(reply),
    phoneNumberId: PHONE_NUMBER_ID,
    to: "33600000001",
    type: "text",
    text: "Bonjour",
    opaque: "m1:1",
    at: clock,
  };
  expect(simulator.ledger.acceptedTo("+33600000001")).toEqual([expected]);
  expect(simulator.ledger.acceptedByOpaque("m1:1")).toEqual([expected]);
});

test("a refusal has the shape of a Graph error", async () => {
  const reply = await sendText(simulator.url, { text: undefined });
  expect(reply).toEqual({
    status: 400,
    body: {
      error: {
        message: "(#131008) Required parameter is missing",
        type: "OAuthException",
        code: 131008,
        error_data: { messaging_product: "whatsapp", details: expect.stringContaining("text") },
        fbtrace_id: expect.any(String),
      },
    },
  });
  expect(simulator.ledger.refused.get(131008)).toBe(1);
  expect(simulator.ledger.accepted).toHaveLength(0);
});

describe("what Meta refuses is refused", () => {
  test.each([
    ["another product", { messaging_product: "sms" }, 400, 100],
    ["no recipient", { to: undefined }, 400, 100],
    ["no phone number", { to: "someone" }, 400, 131009],
    ["no BSUID", { to: undefined, recipient: "33600000001" }, 400, 131009],
    ["a group", { recipient_type: "group" }, 400, 100],
    ["an unknown type", { type: "telegram" }, 400, 100],
    ["no text", { text: {} }, 400, 131008],
    ["an empty text", { text: { body: "" } }, 400, 131009],
    ["a text of 4097 characters", { text: { body: "x".repeat(4097) } }, 400, 100],
    ["a reference of 513 characters", { biz_opaque_callback_data: "x".repeat(513) }, 400, 100],
    ["an image by id and link", { type: "image", image: { id: "1", link: "https://example.test/a" } }, 400, 131009],
    ["the sender itself", { to: `+${BUSINESS_NUMBER}` }, 400, 131021],
    ["a closed window", { to: "+33600000002" }, 400, 131047],
    ["an unknown template", { type: "template", template: { name: "no", language: { code: "en_US" } } }, 404, 132001],
  ])("%s", async (_name, changes, status, code) => {
    expect(await sendText(simulator.url, changes)).toMatchObject({ status, body: { error: { code } } });
  });

  test.each([
    ["no token", null],
    ["an expired token", "expired"],
  ])("%s", async (_name, token) => {
    const reply = await sendText(simulator.url, {}, { token });
    expect(reply).toMatchObject({ status: 401, body: { error: { code: 190 } } });
  });

  test("a path without a version", async () => {
    const reply = await post(simulator.url, `/undefined/${PHONE_NUMBER_ID}/messages`, {});
    expect(reply).toMatchObject({ status: 404, body: { error: { code: 100 } } });
  });
});

describe("what Meta accepts is accepted", () => {
  test("to wins over recipient", async () => {
    await sendText(simulator.url, { recipient: "US.13491208655302741918" });
    expect(simulator.ledger.accepted[0]?.to).toBe("33600000001");
  });

  test("a template, outside the window too", async () => {
    const template = { name: "order_update", language: { code: "en_US" } };
    const reply = await sendText(simulator.url, { to: "+33600000002", type: "template", template });
    expect(reply.body).toMatchObject({ messages: [{ message_status: "accepted" }] });
  });

  test("a read receipt with typing indicator, which is no message", async () => {
    const receipt = {
      messaging_product: "whatsapp",
      status: "read",
      message_id: "wamid.X",
      typing_indicator: { type: "text" },
    };
    expect(await post(simulator.url, `/v25.0/${PHONE_NUMBER_ID}/messages`, receipt)).toEqual({
      status: 200,
      body: { success: true },
    });
    expect(simulator.ledger.accepted).toHaveLength(0);
  });
});

test("the window closes 24 hours after the user wrote", async () => {
  clock += 24 * 60 * 60 * 1000 - 1;
  expect(await sendText(simulator.url)).toMatchObject({ status: 200 });
  clock += 1;
  expect(await sendText(simulator.url)).toMatchObject({ body: { error: { code: 131047 } } });
});

test("the limits are Meta's unless told otherwise", async () => {
  for (let index = 0; index < 45; index += 1) await sendText(simulator.url);
  expect(await sendText(simulator.url)).toMatchObject({ status: 400, body: { error: { code: 131056 } } });
  clock += 6_000;
  expect(await sendText(simulator.url)).toMatchObject({ status: 200 });
});

test("ids depend on the seed alone", async () => {
  const ids: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const seeded = await startSimulator({ appSecret: "secret", seed: 11 });
    ids.push(messageIdOf(await sendText(seeded.url)));
    seeded.reset();
    ids.push(messageIdOf(await sendText(seeded.url)));
    await seeded.stop();
  }
  expect(ids[0]).toBe(ids[2]);
  expect(ids[1]).toBe(ids[3]);
  expect(ids[0]).not.toBe(ids[1]);
});
