import { afterEach, beforeEach, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { PHONE_NUMBER_ID } from "../testing/graph-client.ts";
import { messagesOf, startWebhookReceiver, type WebhookReceiver } from "../testing/webhook-receiver.ts";

const FROM = { phoneNumberId: PHONE_NUMBER_ID, from: "+33600000001" };
let receiver: WebhookReceiver;
let simulator: Simulator;

async function start(options: Partial<Parameters<typeof startSimulator>[0]> = {}): Promise<void> {
  simulator = await startSimulator({
    appSecret: "secret",
    webhookUrl: receiver.url,
    redeliveryDelaysMs: [1, 2],
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

test("a webhook comes again, byte for byte, until it is answered with 200", async () => {
  await start();
  receiver.answer = (index) => [500, 503, 201, 200][index] ?? 200;
  const result = await simulator.deliverInbound({ ...FROM, text: "Hi" });
  expect(result.delivered).toBe(0);
  await simulator.waitForIdle();
  expect(receiver.received).toHaveLength(4);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(simulator.ledger.webhooks).toEqual({ sent: 4, acknowledged: 1, redelivered: 3, duplicated: 0, failed: 3 });
  expect(simulator.ledger.inbound).toMatchObject([{ acknowledged: true }]);
});

test("an endpoint that does not answer in time is tried again", async () => {
  await start({ webhookTimeoutMs: 30 });
  receiver.answer = (index) => (index === 0 ? new Promise<number>(() => {}) : 200);
  await simulator.deliverInbound({ ...FROM, text: "Hi" });
  await simulator.waitForIdle();
  expect(simulator.ledger.webhooks).toMatchObject({ sent: 2, acknowledged: 1, failed: 1 });
});

test("redeliveries follow the endpoint to a new address", async () => {
  await start({ webhookUrl: "http://127.0.0.1:9/nobody-listens" });
  await simulator.deliverInbound({ ...FROM, text: "Hi" });
  expect(simulator.pending).toBe(1);
  simulator.setWebhookUrl(receiver.url);
  await simulator.waitForIdle();
  expect(messagesOf(receiver.received)).toHaveLength(1);
});

test("the messages of one user arrive in the order in which they were written", async () => {
  await start();
  const { messageIds, delivered } = await simulator.deliverInbound({ ...FROM, text: "Hi", count: 50 });
  expect(delivered).toBe(50);
  expect(messagesOf(receiver.received).map(({ id }) => id)).toEqual(messageIds);
});

test("without ordered delivery they race", async () => {
  await start({ orderedDelivery: false, webhookConcurrency: 8 });
  const everyoneIsHere = Promise.withResolvers<number>();
  receiver.answer = () => {
    if (receiver.received.length === 8) everyoneIsHere.resolve(200);
    return everyoneIsHere.promise;
  };
  expect(await simulator.deliverInbound({ ...FROM, text: "Hi", count: 8 })).toMatchObject({ delivered: 8 });
});

test("no more webhooks are under way than allowed", async () => {
  await start({ webhookConcurrency: 3 });
  const gate = Promise.withResolvers<number>();
  receiver.answer = () => gate.promise;
  const users = Array.from({ length: 30 }, (_, user) => String(33_600_000_000 + user));
  const deliveries = users.map((from) => simulator.deliverInbound({ ...FROM, from, text: "Hi" }));
  await expect.poll(() => receiver.received.length).toBe(3);
  expect(simulator.ledger.webhooks.sent).toBe(3);
  gate.resolve(200);
  await Promise.all(deliveries);
  expect(simulator.ledger.webhooks.sent).toBe(30);
});

test("duplicate sends an acknowledged webhook once more", async () => {
  await start({ faults: { duplicate: 1 } });
  await simulator.deliverInbound({ ...FROM, text: "Hi" });
  await simulator.waitForIdle();
  expect(receiver.received).toHaveLength(2);
  expect(receiver.received[0]?.body).toBe(receiver.received[1]?.body);
  expect(simulator.ledger.webhooks).toMatchObject({ sent: 2, acknowledged: 1, duplicated: 1 });
});

test("reorder lets later messages of the same user overtake", async () => {
  await start({ faults: { seed: 2, reorder: 0.3 }, reorderHoldMs: 200 });
  const { messageIds } = await simulator.deliverInbound({ ...FROM, text: "Hi", count: 20 });
  const arrived = messagesOf(receiver.received).map(({ id }) => id);
  expect(arrived).not.toEqual(messageIds);
  expect(arrived.toSorted()).toEqual(messageIds.toSorted());
});

test("a message that nothing overtakes is held back for a while only", async () => {
  await start({ faults: { reorder: 1 }, reorderHoldMs: 5 });
  expect(await simulator.deliverInbound({ ...FROM, text: "Hi" })).toMatchObject({ delivered: 1 });
});

test("delayMs keeps webhooks waiting, but loses none", async () => {
  await start({ faults: { delayMs: 20 } });
  const { messageIds } = await simulator.deliverInbound({ ...FROM, text: "Hi", count: 20 });
  const arrived = messagesOf(receiver.received).map(({ id }) => id);
  expect(arrived.toSorted()).toEqual(messageIds.toSorted());
});

test("a seed makes the same messages overtake each other again", async () => {
  const orders: number[][] = [];
  await start({ reorderHoldMs: 300 });
  for (let run = 0; run < 2; run += 1) {
    simulator.reset();
    simulator.setFaults({ seed: 9, reorder: 0.4 });
    receiver.received.length = 0;
    const { messageIds } = await simulator.deliverInbound({ ...FROM, text: "Hi", count: 12 });
    orders.push(messagesOf(receiver.received).map(({ id }) => messageIds.indexOf(id)));
  }
  expect(orders[0]).toEqual(orders[1]);
});

test("a reset forgets what is under way", async () => {
  await start();
  receiver.answer = () => 500;
  await simulator.deliverInbound({ ...FROM, text: "Hi" });
  simulator.reset();
  await simulator.waitForIdle();
  expect(simulator.pending).toBe(0);
  expect(simulator.ledger.inbound).toHaveLength(0);
});

test("each account can have its own callback and secret", async () => {
  await start({ webhookUrl: undefined, accounts: { "42": { webhookUrl: receiver.url, appSecret: "its own" } } });
  await simulator.deliverInbound({ ...FROM, text: "to nobody" });
  await simulator.deliverInbound({ ...FROM, phoneNumberId: "42", text: "to the tenant" });
  expect(messagesOf(receiver.received)).toMatchObject([{ text: { body: "to the tenant" } }]);
});

test("the handshake succeeds when the endpoint gives the challenge back", async () => {
  await start({ verifyToken: "let me in" });
  expect(await simulator.verifyWebhook()).toBe(false);
  receiver.acceptsToken = (token) => token === "let me in";
  expect(await simulator.verifyWebhook()).toBe(true);
});
