import { request } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { getJson, PHONE_NUMBER_ID, post, sendText } from "../testing/graph-client.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../testing/webhook-receiver.ts";

let receiver: WebhookReceiver;
let simulator: Simulator;

beforeEach(async () => {
  receiver = await startWebhookReceiver();
  simulator = await startSimulator({
    appSecret: "secret",
    webhookUrl: receiver.url,
    statuses: { sentMs: 1, deliveredMs: 2, readMs: 3 },
  });
});
afterEach(async () => {
  await simulator.stop();
  await receiver.stop();
});

test("the first page says what this is and what can be asked", async () => {
  expect(await getJson(simulator.url, "/")).toMatchObject({
    status: 200,
    body: { service: expect.stringContaining("simulator"), routes: expect.any(Object) },
  });
  expect(await getJson(simulator.url, "/_sim/health")).toEqual({ status: 200, body: { status: "ok" } });
});

test("the ledger tells what was accepted, refused and delivered, for all or for one user", async () => {
  const inbound = { phoneNumberId: PHONE_NUMBER_ID, from: "+33600000001", text: "Hi", count: 2 };
  expect(await post(simulator.url, "/_sim/inbound", inbound)).toMatchObject({
    status: 200,
    body: { messageIds: [expect.any(String), expect.any(String)], delivered: 2 },
  });
  await sendText(simulator.url, { biz_opaque_callback_data: "m1:1" });
  await sendText(simulator.url, { to: "+33600000002" });
  await sendText(simulator.url, { to: undefined });
  await simulator.waitForIdle();

  expect((await getJson(simulator.url, "/_sim/ledger?to=+33600000001")).body).toEqual({
    accepted: [expect.objectContaining({ to: "33600000001", text: "Bonjour", opaque: "m1:1" })],
    refused: { "100": 1 },
    webhooks: { sent: 8, acknowledged: 8, redelivered: 0, duplicated: 0, failed: 0, pending: 0 },
    inbound: [
      expect.objectContaining({ from: "33600000001", text: "Hi", acknowledged: true }),
      expect.objectContaining({ from: "33600000001", text: "Hi", acknowledged: true }),
    ],
    statuses: ["sent", "delivered", "read"].map((status) => expect.objectContaining({ status, to: "33600000001" })),
    rate: { maxInAnySecond: { [PHONE_NUMBER_ID]: 2 } },
    faults: {},
  });
  expect((await getJson(simulator.url, "/_sim/ledger")).body).toMatchObject({ accepted: [{}, {}] });
});

test("faults are replaced as a whole, and what is none is refused by name", async () => {
  expect(await post(simulator.url, "/_sim/faults", { seed: 4, status429: 1 })).toMatchObject({
    status: 200,
    body: { seed: 4, status429: 1, status500: 0 },
  });
  expect(await sendText(simulator.url)).toMatchObject({ status: 429 });
  expect(await post(simulator.url, "/_sim/faults", { earthquake: 1 })).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining("earthquake") },
  });
  expect(await sendText(simulator.url)).toMatchObject({ status: 429 });
  await post(simulator.url, "/_sim/faults", {});
  expect(await sendText(simulator.url)).toMatchObject({ status: 200 });
});

test("a reset needs no body, and leaves an empty ledger", async () => {
  await sendText(simulator.url);
  const headers = { "content-type": "application/json" };
  const answer = await request(`${simulator.url}/_sim/reset`, { method: "POST", headers });
  expect(answer.statusCode).toBe(200);
  await answer.body.dump();
  expect(simulator.ledger.accepted).toHaveLength(0);
  expect(simulator.pending).toBe(0);
});

test("wrong control requests are told what is wrong", async () => {
  expect(await post(simulator.url, "/_sim/inbound", { phoneNumberId: "1" })).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining("from") },
  });
  expect(await getJson(simulator.url, "/_sim/nothing")).toMatchObject({ status: 404 });
});
