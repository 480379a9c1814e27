import { afterEach, beforeEach, expect, test } from "vitest";
import { startSimulator, type Simulator } from "./start-simulator.ts";
import { messageIdOf, PHONE_NUMBER_ID, sendText } from "./testing/graph-client.ts";
import { startWebhookReceiver, statusesOf, type WebhookReceiver } from "./testing/webhook-receiver.ts";

let receiver: WebhookReceiver;
let simulator: Simulator;

beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await simulator.stop();
  await receiver.stop();
});

test("every send of a busy, faulty day is accounted for", async () => {
  simulator = await startSimulator({
    appSecret: "secret",
    webhookUrl: receiver.url,
    limits: { throughputPerSecond: 200, pair: false },
    statuses: { sentMs: 1, deliveredMs: 2, readMs: 3 },
    redeliveryDelaysMs: [1],
    batchStatuses: 10,
    reorderHoldMs: 20,
    hangMs: 20,
    faults: {
      seed: 42,
      duplicate: 0.1,
      reorder: 0.1,
      delayMs: 5,
      status429: 0.05,
      status500: 0.1,
      timeoutAfterAccept: 0.05,
      timeoutBeforeAccept: 0.05,
      dropStatus: 0.1,
      acceptedThenFailed: 0.1,
      statusBeforeAnswer: 0.1,
    },
  });
  receiver.answer = (index) => (index % 7 === 0 ? 500 : 200);

  const sends = 300;
  const outcomes = await Promise.all(
    Array.from({ length: sends }, async (_, index) => {
      const opaque = `m${index}:1`;
      try {
        const changes = { to: `+33600001${String(index % 50).padStart(3, "0")}`, biz_opaque_callback_data: opaque };
        return { opaque, reply: await sendText(simulator.url, changes) };
      } catch {
        return { opaque, reply: undefined };
      }
    }),
  );
  await simulator.waitForIdle();
  const { ledger } = simulator;

  const answered = outcomes.filter(({ reply }) => reply?.status === 200);
  for (const { opaque, reply } of answered) {
    expect(ledger.acceptedByOpaque(opaque).map(({ id }) => id)).toEqual(reply ? [messageIdOf(reply)] : []);
  }
  const silentlyAccepted =
    (ledger.faults.get("timeoutAfterAccept") ?? 0) + (ledger.faults.get("status500Accepted") ?? 0);
  expect(ledger.accepted).toHaveLength(answered.length + silentlyAccepted);
  const refused = [...ledger.refused.values()].reduce((sum, count) => sum + count, 0);
  expect(refused).toBe(outcomes.filter(({ reply }) => reply && reply.status !== 200 && reply.body).length);

  expect(ledger.maxAcceptedInAnySecond(PHONE_NUMBER_ID)).toBeLessThanOrEqual(200);
  const byRecipient = new Set(ledger.accepted.map(({ to }) => to));
  expect([...byRecipient].flatMap((to) => ledger.acceptedTo(to)).length).toBe(ledger.accepted.length);

  const arrived = new Set(statusesOf(receiver.received).map(({ id, status }) => `${id} ${status}`));
  const owed = ledger.statuses.filter(({ dropped }) => !dropped);
  expect(owed.every(({ acknowledged }) => acknowledged)).toBe(true);
  expect(arrived).toEqual(new Set(owed.map(({ id, status }) => `${id} ${status}`)));
  expect(ledger.webhooks.sent).toBe(receiver.received.length);
  const { sent, acknowledged, redelivered, duplicated } = ledger.webhooks;
  expect(sent).toBe(acknowledged + redelivered + duplicated);
});

test("the same reference twice is two messages", async () => {
  simulator = await startSimulator({ appSecret: "secret" });
  await sendText(simulator.url, { biz_opaque_callback_data: "m1:1" });
  await sendText(simulator.url, { biz_opaque_callback_data: "m1:1" });
  expect(simulator.ledger.acceptedByOpaque("m1:1")).toHaveLength(2);
});
