import { afterEach, beforeEach, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { PHONE_NUMBER_ID } from "../testing/graph-client.ts";
import { messagesOf, startWebhookReceiver, valuesOf, type WebhookReceiver } from "../testing/webhook-receiver.ts";

let receiver: WebhookReceiver;
let simulator: Simulator;

beforeEach(async () => {
  receiver = await startWebhookReceiver();
  simulator = await startSimulator({ appSecret: "secret", webhookUrl: receiver.url });
});
afterEach(async () => {
  await simulator.stop();
  await receiver.stop();
});

test("a text arrives as Meta would send it", async () => {
  const { messageIds } = await simulator.deliverInbound({
    phoneNumberId: PHONE_NUMBER_ID,
    from: "+33 6 00 00 00 01",
    text: "Gr\u00fc\u00dfe",
  });
  expect(valuesOf(receiver.received)).toEqual([
    {
      messaging_product: "whatsapp",
      metadata: { display_phone_number: expect.stringMatching(/^1555\d{7}$/), phone_number_id: PHONE_NUMBER_ID },
      contacts: [{ profile: { name: "Customer 0001" }, wa_id: "33600000001" }],
      messages: [
        {
          from: "33600000001",
          id: messageIds[0],
          timestamp: expect.stringMatching(/^\d{10}$/),
          type: "text",
          text: { body: "Gr\u00fc\u00dfe" },
        },
      ],
    },
  ]);
});

test("several messages can share a webhook", async () => {
  const inbound = { phoneNumberId: PHONE_NUMBER_ID, from: "33600000001", text: "Hi", count: 7, batch: 3 };
  const { messageIds, delivered } = await simulator.deliverInbound(inbound);
  expect(delivered).toBe(7);
  expect(valuesOf(receiver.received).map((value) => value.messages?.length)).toEqual([3, 3, 1]);
  expect(messagesOf(receiver.received).map(({ id }) => id)).toEqual(messageIds);
});

test("a user without a phone has no number anywhere", async () => {
  const userId = "US.13491208655302741918";
  await simulator.deliverInbound({ phoneNumberId: PHONE_NUMBER_ID, userId, text: "Hi" });
  const [value] = valuesOf(receiver.received);
  expect(value?.contacts).toMatchObject([{ user_id: userId }]);
  expect(value?.contacts?.[0]).not.toHaveProperty("wa_id");
  expect(value?.messages?.[0]).toMatchObject({ from_user_id: userId });
  expect(value?.messages?.[0]).not.toHaveProperty("from");
});

test("any other type can be given as it should arrive", async () => {
  const image = { id: "1003", mime_type: "image/jpeg" };
  await simulator.deliverInbound({
    phoneNumberId: PHONE_NUMBER_ID,
    from: "33600000001",
    message: { type: "image", image },
  });
  const [message] = messagesOf(receiver.received);
  expect(message).toMatchObject({ type: "image", image });
  expect(message).not.toHaveProperty("text");
});

test.each([
  ["nobody", { phoneNumberId: "1", text: "Hi" }, /give from, userId or both/],
  ["nothing", { phoneNumberId: "1", from: "33600000001" }, /give text, message, media or several of them/],
  ["no phone number", { phoneNumberId: "1", from: "me", text: "Hi" }, /from: must be a phone number/],
])("%s cannot write", async (_name, input, message) => {
  await expect(simulator.deliverInbound(input)).rejects.toThrow(message);
});
