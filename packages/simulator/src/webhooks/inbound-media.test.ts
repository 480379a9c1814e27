import { createHash } from "node:crypto";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FaultsInput } from "../faults.ts";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { getJson, PHONE_NUMBER_ID, post } from "../testing/graph-client.ts";
import { messagesOf, startWebhookReceiver, type WebhookReceiver } from "../testing/webhook-receiver.ts";

const AUTHORISED = { authorization: "Bearer token" };
const BYTES = Buffer.from("the bytes of a picture");

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

const send = (media: object) =>
  post(simulator.url, "/_sim/inbound", { phoneNumberId: PHONE_NUMBER_ID, from: "33600000001", media });

/** The id under which the file of the last message can be fetched. */
function lastMediaId(): string {
  const message = Object(messagesOf(receiver.received).at(-1)) as Record<string, { id: string }> & { type: string };
  return message[message.type]?.id ?? "";
}

async function urlOf(mediaId: string): Promise<string> {
  const { body } = await getJson(simulator.url, `/v25.0/${mediaId}`);
  return (body as { url: string }).url;
}

async function download(url: string): Promise<{ status: number; bytes: Buffer | string }> {
  const answer = await request(url, { headers: AUTHORISED });
  const bytes = await answer.body.arrayBuffer().then(
    (whole) => Buffer.from(whole),
    () => "broken off",
  );
  return { status: answer.statusCode, bytes };
}

test("a file arrives as Meta tells of it, and can be fetched by its id", async () => {
  await send({
    kind: "document",
    mimeType: "application/pdf",
    base64: BYTES.toString("base64"),
    fileName: "bill.pdf",
    caption: "My bill",
  });
  expect(messagesOf(receiver.received)).toMatchObject([
    {
      type: "document",
      document: {
        id: expect.stringMatching(/^\d+$/),
        mime_type: "application/pdf",
        sha256: createHash("sha256").update(BYTES).digest("base64"),
        filename: "bill.pdf",
        caption: "My bill",
      },
    },
  ]);
  expect(messagesOf(receiver.received)[0]).not.toHaveProperty("text");
  expect(await download(await urlOf(lastMediaId()))).toEqual({ status: 200, bytes: BYTES });
});

test("bytes follow from a seed, and each message has a file of its own", async () => {
  const media = { kind: "audio", mimeType: "audio/ogg", size: 1_001, seed: 7, voice: true };
  const fetched: unknown[] = [];
  for (const sent of [media, media, { ...media, seed: 8 }]) {
    await send(sent);
    fetched.push((await download(await urlOf(lastMediaId()))).bytes);
  }
  expect(fetched[0]).toHaveLength(1_001);
  expect(fetched[1]).toEqual(fetched[0]);
  expect(fetched[2]).not.toEqual(fetched[0]);
  expect(new Set(messagesOf(receiver.received).map((message) => JSON.stringify(Object(message).audio.id))).size).toBe(
    3,
  );
});

test.each([
  ["neither bytes nor a size", { kind: "image", mimeType: "image/png" }],
  ["both", { kind: "image", mimeType: "image/png", size: 1, base64: "AAAA" }],
  ["a kind that there is not", { kind: "hologram", mimeType: "image/png", size: 1 }],
])("%s is refused", async (_what, media) => {
  expect(await send(media)).toMatchObject({ status: 400, body: { error: expect.stringContaining("media") } });
});

/** The same picture, from a simulator with these faults. */
const sendWith = async (faults: FaultsInput): Promise<string> => {
  simulator.setFaults(faults);
  await send({ kind: "image", mimeType: "image/png", base64: BYTES.toString("base64") });
  return lastMediaId();
};

describe("a fault of files", () => {
  test("lets the first URL be gone, and the next one be good", async () => {
    const mediaId = await sendWith({ mediaUrlExpired: 1 });
    expect((await download(await urlOf(mediaId))).status).toBe(404);
    expect(await download(await urlOf(mediaId))).toEqual({ status: 200, bytes: BYTES });
    expect(simulator.ledger.faults.get("mediaUrlExpired")).toBe(1);
  });

  test("answers 500", async () => {
    expect((await download(await urlOf(await sendWith({ mediaStatus500: 1 })))).status).toBe(500);
  });

  test("gives as many other bytes", async () => {
    const { bytes } = await download(await urlOf(await sendWith({ mediaWrongBytes: 1 })));
    expect(bytes).toHaveLength(BYTES.length);
    expect(bytes).not.toEqual(BYTES);
  });

  test("breaks off in the middle", async () => {
    expect((await download(await urlOf(await sendWith({ mediaTruncated: 1 })))).bytes).toBe("broken off");
  });

  test("pauses in the middle", async () => {
    const url = await urlOf(await sendWith({ mediaSlowMs: 200 }));
    const begunAt = performance.now();
    expect((await download(url)).bytes).toEqual(BYTES);
    expect(performance.now() - begunAt).toBeGreaterThan(190);
  });
});
