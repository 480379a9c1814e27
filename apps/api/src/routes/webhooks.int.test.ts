import { signWhatsAppBody } from "@parley/channels";
import { ingestQueue } from "@parley/core/webhooks";
import { waitUntil } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_WHATSAPP, startTestApi, type TestApi } from "../api.fixture.ts";
import { askChallenge, deliver, storedWith } from "./webhook.fixture.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.close());

const secret = TEST_WHATSAPP.appSecret;

/** A JSON document of so many bytes. */
const jsonOf = (bytes: number) => JSON.stringify({ filler: "x".repeat(bytes - '{"filler":""}'.length) });

describe("a webhook of the platform's app", () => {
  test("is stored byte by byte and answered with an empty object", async () => {
    const body = Buffer.from('{ "text" : "caf\\u00e9 é" }\n');
    const answer = await deliver(api.app, { body, secret });
    expect([answer.statusCode, answer.body]).toEqual([200, "{}"]);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    expect(await storedWith(api, body)).toMatchObject([
      { channel: "WHATSAPP", source: "whatsapp", status: "RECEIVED", tenantId: null },
    ]);
  });

  test("becomes a job for the ingest worker", async () => {
    const body = JSON.stringify({ id: crypto.randomUUID() });
    await deliver(api.app, { body, secret });
    const [stored] = await storedWith(api, body);
    const jobs = await api.context.jobsOn(ingestQueue);
    expect(JSON.stringify(jobs.map((job) => job.payload))).toContain(stored?.id);
  });

  test("is answered only after the commit", async () => {
    let answered = false;
    const { release, locked } = lockRawEvents();
    await locked;
    const delivery = deliver(api.app, { secret }).then((answer) => {
      answered = true;
      return answer;
    });
    await waitUntil(isSomebodyWaiting, "the insert waits for the lock");
    expect(answered).toBe(false);
    await release();
    expect((await delivery).statusCode).toBe(200);
  });

  test("is 200 again when it comes again, and stored once", async () => {
    const body = JSON.stringify({ id: crypto.randomUUID() });
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver(api.app, { body, secret })));
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200, 200, 200]);
    expect(await storedWith(api, body)).toHaveLength(1);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"])(
    "is read as bytes whatever its type, %j",
    async (type) => {
      expect((await deliver(api.app, { secret, headers: { "content-type": type } })).statusCode).toBe(200);
    },
  );

  test("is 400 when it is signed but not JSON", async () => {
    const answer = await deliver(api.app, { body: "not json", secret });
    expect(answer.json()).toMatchObject({ status: 400, code: "invalid_json" });
    expect(await storedWith(api, "not json")).toEqual([]);
  });

  test("is 413 over 3 MB, and 200 just below", async () => {
    const limit = 3 * 1024 * 1024;
    expect((await deliver(api.app, { body: jsonOf(limit + 1), secret })).json()).toMatchObject({
      status: 413,
      code: "payload_too_large",
    });
    expect((await deliver(api.app, { body: jsonOf(limit), secret })).statusCode).toBe(200);
  });
});

const post = (payload: Buffer, signature?: string) =>
  api.app.inject({
    method: "POST",
    url: "/webhooks/whatsapp",
    payload,
    headers: {
      "content-type": "application/json",
      ...(signature === undefined ? {} : { "x-hub-signature-256": signature }),
    },
  });

describe("a signature", () => {
  const body = Buffer.from('{"object":"whatsapp_business_account"}');
  const good = signWhatsAppBody(body, secret);
  test("is refused when any byte of the body differs", async () => {
    const statuses = await Promise.all(
      [...body.keys()].map(async (index) => {
        const changed = Buffer.from(body);
        changed[index] = (changed[index] ?? 0) ^ 1;
        return (await post(changed, good)).statusCode;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([401]));
  });

  test("is refused when any character of it differs", async () => {
    const statuses = await Promise.all(
      Array.from(good, async (character, index) => {
        const changed = good.slice(0, index) + (character === "0" ? "1" : "0") + good.slice(index + 1);
        return (await post(body, changed)).statusCode;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([401]));
  });

  test("is refused when it is missing, of another secret, or of a body that is not there", async () => {
    expect((await post(body)).json()).toMatchObject({ status: 401, code: "invalid_signature" });
    expect((await post(body, signWhatsAppBody(body, "another"))).statusCode).toBe(401);
    expect((await post(Buffer.alloc(0), good)).statusCode).toBe(401);
    expect(await storedWith(api, body)).toEqual([]);
  });
});

describe("Meta's check of the callback URL", () => {
  test("is answered with the challenge as plain text", async () => {
    const answer = await askChallenge(api, "/webhooks/whatsapp", TEST_WHATSAPP.verifyToken);
    expect([answer.statusCode, answer.body]).toEqual([200, "1158201444"]);
    expect(answer.headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
    });
  });

  test("is 403 with another token or none", async () => {
    expect((await askChallenge(api, "/webhooks/whatsapp", "another")).json()).toMatchObject({
      status: 403,
      code: "forbidden",
    });
    expect((await api.app.inject("/webhooks/whatsapp")).statusCode).toBe(403);
  });
});

/** Keeps everybody from writing raw events until released. */
function lockRawEvents() {
  const locked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const done = api.context.database.withSystem(async (tx) => {
    await tx.$executeRaw`lock table raw_webhook_event in exclusive mode`;
    locked.resolve();
    await released.promise;
  });
  return {
    locked: locked.promise,
    release: () => {
      released.resolve();
      return done;
    },
  };
}

async function isSomebodyWaiting(): Promise<boolean> {
  const waiting = await api.context.database.withSystem(
    (tx) =>
      tx.$queryRaw<unknown[]>`select from pg_locks where not granted and relation = 'raw_webhook_event'::regclass`,
  );
  return waiting.length > 0;
}
