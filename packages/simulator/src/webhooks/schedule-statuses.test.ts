import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { messageIdOf, PHONE_NUMBER_ID, sendText } from "../testing/graph-client.ts";
import { startWebhookReceiver, statusesOf, valuesOf, type WebhookReceiver } from "../testing/webhook-receiver.ts";

let receiver: WebhookReceiver;
let simulator: Simulator;

async function start(options: Partial<Parameters<typeof startSimulator>[0]> = {}): Promise<void> {
  simulator = await startSimulator({
    appSecret: "secret",
    webhookUrl: receiver.url,
    statuses: { sentMs: 1, deliveredMs: 5, readMs: 10 },
    limits: { throughputPerSecond: false, pair: false },
    ...options,
  });
}

beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await simulator.stop();
  await receiver.stop();
});

test("sent, delivered and read come back in order, with the sender's reference", async () => {
  await start();
  const id = messageIdOf(await sendText(simulator.url, { biz_opaque_callback_data: "m1:1" }));
  await simulator.waitForIdle();

  const common = {
    id,
    timestamp: expect.stringMatching(/^\d{10}$/),
    recipient_id: "33600000001",
    biz_opaque_callback_data: "m1:1",
  };
  expect(statusesOf(receiver.received)).toEqual([
    { ...common, status: "sent", pricing: expect.objectContaining({ pricing_model: "PMP" }) },
    { ...common, status: "delivered" },
    { ...common, status: "read" },
  ]);
  expect(valuesOf(receiver.received)[0]?.metadata.phone_number_id).toBe(PHONE_NUMBER_ID);
  expect(simulator.ledger.statuses.every((status) => status.acknowledged)).toBe(true);
});

test("the body is ASCII and signed as it is", async () => {
  await start();
  await sendText(simulator.url, { biz_opaque_callback_data: "caf\u00e9 \u{1f44d}" });
  await simulator.waitForIdle();
  for (const { headers, body } of receiver.received) {
    expect(body).toContain(String.raw`caf\u00e9 \ud83d\udc4d`);
    const signature = createHmac("sha256", "secret").update(body).digest("hex");
    expect(headers["x-hub-signature-256"]).toBe(`sha256=${signature}`);
  }
});

test("a user without a phone is named by the BSUID", async () => {
  await start();
  const bsuid = "US.13491208655302741918";
  const reply = await sendText(simulator.url, { to: undefined, recipient: bsuid });
  expect(reply.body).toMatchObject({ contacts: [{ input: bsuid, user_id: bsuid }] });
  await simulator.waitForIdle();
  for (const status of statusesOf(receiver.received)) {
    expect(status).toMatchObject({ recipient_user_id: bsuid });
    expect(status).not.toHaveProperty("recipient_id");
  }
});

test("statuses can be switched off, and a reaction is only ever sent", async () => {
  await start({ statuses: { sentMs: 1, deliveredMs: 2, readMs: false } });
  await sendText(simulator.url);
  await sendText(simulator.url, { type: "reaction", reaction: { message_id: "wamid.X", emoji: "\u{1f44d}" } });
  await simulator.waitForIdle();
  expect(simulator.ledger.statuses.map(({ status }) => status)).toEqual(["sent", "delivered", "sent"]);
});

test("an accepted message can still fail", async () => {
  await start({ faults: { failRecipientsLater: { "33600000001": 131049 } } });
  expect(await sendText(simulator.url)).toMatchObject({ status: 200 });
  await simulator.waitForIdle();
  expect(statusesOf(receiver.received)).toMatchObject([{ status: "failed", errors: [{ code: 131049 }] }]);
});

test("acceptedThenFailed makes sends fail after their 200", async () => {
  await start({ faults: { acceptedThenFailed: 1 } });
  await sendText(simulator.url);
  await simulator.waitForIdle();
  expect(statusesOf(receiver.received)).toMatchObject([{ status: "failed" }]);
});

test("dropStatus keeps a status from ever being delivered", async () => {
  await start({ faults: { dropStatus: 1 } });
  await sendText(simulator.url);
  await simulator.waitForIdle();
  expect(receiver.received).toHaveLength(0);
  expect(simulator.ledger.statuses.every(({ dropped, acknowledged }) => dropped && !acknowledged)).toBe(true);
});

test("statusBeforeAnswer delivers sent before the send is answered", async () => {
  await start({ faults: { statusBeforeAnswer: 1 }, statuses: { sentMs: 5, deliveredMs: false, readMs: false } });
  await sendText(simulator.url);
  expect(statusesOf(receiver.received)).toMatchObject([{ status: "sent" }]);
});

test("statuses that wait at the same time can share a webhook, with messages among them", async () => {
  await start({ batchStatuses: 50, webhookConcurrency: 1, statuses: { sentMs: 0, deliveredMs: false, readMs: false } });
  const firstAnswer = Promise.withResolvers<number>();
  receiver.answer = (index) => (index === 0 ? firstAnswer.promise : 200);
  const first = simulator.deliverInbound({ phoneNumberId: PHONE_NUMBER_ID, from: "33600000009", text: "one" });
  await expect.poll(() => receiver.received.length).toBe(1);
  const second = simulator.deliverInbound({ phoneNumberId: PHONE_NUMBER_ID, from: "33600000008", text: "two" });
  await Promise.all(["1", "2", "3"].map((to) => sendText(simulator.url, { to: `+3360000000${to}` })));
  await expect.poll(() => simulator.pending).toBe(5);
  firstAnswer.resolve(200);
  await Promise.all([first, second]);
  await simulator.waitForIdle();
  expect(valuesOf(receiver.received).some(({ messages, statuses }) => messages && statuses)).toBe(true);
  expect(statusesOf(receiver.received)).toHaveLength(3);
});
