import { createHash } from "node:crypto";
import { mediaQueue } from "@parley/core/media";
import { newId } from "@parley/runtime";
import { buildConversation, buildMessage, buildTenant, type BuiltConversation } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, type Desk } from "./desk.fixture.ts";

const CHUNK = 256 * 1_024;
const DAY_MS = 24 * 3_600_000;

let api: TestApi;
let desk: Desk;
let conversation: BuiltConversation;

openDeskForEachTest((opened) => ({ api, desk } = opened));
beforeEach(async () => {
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
});

const BYTES = Buffer.from(Array.from({ length: 2 * CHUNK + 100 }, (_empty, index) => (index * 7 + (index >> 8)) % 251));
const SHA256 = createHash("sha256").update(BYTES).digest();
const ETAG = `"${SHA256.toString("hex")}"`;

interface Columns {
  kind?: "IMAGE" | "DOCUMENT";
  mimeType?: string;
  fileName?: string | null;
  state?: "PENDING" | "STORED" | "FAILED";
  failure?: string | null;
  nextFetchAt?: Date | null;
  bytes?: Buffer;
  occurredAt?: Date;
}

/** A message with a file, as ingest and the worker leave it. */
async function attach(columns: Columns = {}): Promise<{ messageId: string; attachmentId: string; path: string }> {
  const { bytes = BYTES, occurredAt = new Date(), state = "STORED", ...given } = columns;
  const { tenantId } = conversation;
  const { id: messageId } = await buildMessage(api.context, conversation, { occurredAt, type: "image" });
  const attachmentId = newId();
  const isStored = state === "STORED";
  await api.context.database.withSystem(async (tx) => {
    const file = { kind: "IMAGE", mimeType: "image/jpeg", fileName: "Été.jpg", providerMediaId: "4711" } as const;
    const stored = isStored && { size: bytes.length, sha256: createHash("sha256").update(bytes).digest("base64") };
    const waits = state === "PENDING" ? {} : { nextFetchAt: null };
    await tx.messageAttachment.create({
      data: { tenantId, id: attachmentId, messageId, state, ...file, ...stored, ...waits, ...given },
    });
    const chunks = isStored ? Math.ceil(bytes.length / CHUNK) : 0;
    for (let position = 0; position < chunks; position += 1) {
      const chunk = new Uint8Array(bytes.subarray(position * CHUNK, (position + 1) * CHUNK));
      await tx.mediaChunk.create({ data: { tenantId, attachmentId, position, bytes: chunk } });
    }
  });
  return { messageId, attachmentId, path: `/messages/${messageId}/attachments/${attachmentId}` };
}

async function fetchFile(
  path: string,
  headers: Record<string, string> = {},
  method: "GET" | "HEAD" = "GET",
): Promise<LightMyRequestResponse> {
  const bearer = await api.bearer({ tenantId: desk.tenant.id, userId: desk.agent.id });
  return api.app.inject({ method, url: `/api/v1${path}`, headers: { ...bearer, ...headers } });
}

describe("GET /messages/:id/attachments/:attachmentId", () => {
  test("gives the file, byte for byte, to be shown and not to be run", async () => {
    const { path } = await attach();
    const answer = await fetchFile(path);
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload.equals(BYTES)).toBe(true);
    expect(answer.headers).toMatchObject({
      "content-type": "image/jpeg",
      "content-length": String(BYTES.length),
      "content-disposition": `inline; filename="Ete.jpg"; filename*=UTF-8''%C3%89t%C3%A9.jpg`,
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "x-content-type-options": "nosniff",
      etag: ETAG,
    });
    expect(answer.headers["content-security-policy"]).toMatch(/^default-src 'none';.*;sandbox$/);
  });

  test.each([
    ["text/html", "page.html", "application/octet-stream"],
    ["image/svg+xml", "drawing.svg", "application/octet-stream"],
    ["application/pdf", "bill.pdf", "application/pdf"],
    ["text/html; image/png", "x.png", "application/octet-stream"],
  ])("does not show %s, whatever it is called", async (mimeType, fileName, type) => {
    const { path } = await attach({ mimeType, fileName, bytes: Buffer.from("<script>alert(1)</script>") });
    const { headers } = await fetchFile(path);
    expect(headers["content-type"]).toBe(type);
    expect(headers["content-disposition"]).toBe(`attachment; filename="${fileName}"`);
  });

  test("names a file that has no name by what it is", async () => {
    const { path, attachmentId } = await attach({ fileName: null, mimeType: "IMAGE/PNG" });
    expect((await fetchFile(path)).headers["content-disposition"]).toBe(`inline; filename="image-${attachmentId}.png"`);
  });

  test.each([ETAG, `W/${ETAG}`, `"other", ${ETAG}`, "*"])("gives nothing to whoever has %s", async (header) => {
    const { path } = await attach();
    const answer = await fetchFile(path, { "if-none-match": header });
    expect([answer.statusCode, answer.rawPayload.length, answer.headers.etag]).toEqual([304, 0, ETAG]);
  });

  test.each([
    ["bytes=0-9", 0, 9],
    [`bytes=${CHUNK - 5}-${CHUNK + 5}`, CHUNK - 5, CHUNK + 5],
    [`bytes=${CHUNK}-${2 * CHUNK - 1}`, CHUNK, 2 * CHUNK - 1],
    [`bytes=${2 * CHUNK + 50}-`, 2 * CHUNK + 50, BYTES.length - 1],
    ["bytes=-100", BYTES.length - 100, BYTES.length - 1],
    ["bytes=100-999999999", 100, BYTES.length - 1],
  ])("gives the part %s, over chunks", async (range, first, last) => {
    const { path } = await attach();
    const answer = await fetchFile(path, { range });
    expect(answer.statusCode).toBe(206);
    expect(answer.headers).toMatchObject({
      "content-range": `bytes ${first}-${last}/${BYTES.length}`,
      "content-length": String(last - first + 1),
    });
    expect(answer.rawPayload.equals(BYTES.subarray(first, last + 1))).toBe(true);
  });

  test("gives all of it for several parts, and for a part of what has another hash by now", async () => {
    const { path } = await attach();
    const answers = [
      await fetchFile(path, { range: "bytes=0-1,3-4" }),
      await fetchFile(path, { range: "bytes=0-1", "if-range": '"other"' }),
      await fetchFile(path, { range: "bytes=0-1", "if-range": ETAG }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 206]);
  });

  test("has no bytes behind its end", async () => {
    const { path } = await attach();
    const answer = await fetchFile(path, { range: `bytes=${BYTES.length}-` });
    expect(answer.statusCode).toBe(416);
    expect(answer.headers["content-range"]).toBe(`bytes */${BYTES.length}`);
    expect(answer.json()).toMatchObject({ code: "range_not_satisfiable" });
  });

  test("may be empty", async () => {
    const { path } = await attach({ bytes: Buffer.alloc(0) });
    const answer = await fetchFile(path);
    expect([answer.statusCode, answer.headers["content-length"], answer.rawPayload.length]).toEqual([200, "0", 0]);
  });

  test("says of itself what it is to whoever asks for the head alone", async () => {
    const { path } = await attach();
    const answer = await fetchFile(path, {}, "HEAD");
    expect([answer.statusCode, answer.headers["content-length"], answer.rawPayload.length]).toEqual([
      200,
      String(BYTES.length),
      0,
    ]);
  });

  test("that is not here yet says when to ask again", async () => {
    const { path } = await attach({
      state: "PENDING",
      nextFetchAt: new Date(api.context.clock.now().getTime() + 60_000),
    });
    const answer = await desk.client.get(path);
    expect(answer).toMatchObject({ status: 409, body: { code: "not_ready" } });
    expect(answer.headers["retry-after"]).toBe("60");
  });

  test("that could not be fetched is gone, and says why", async () => {
    const { path } = await attach({ state: "FAILED", failure: "expired" });
    const answer = await desk.client.get(path);
    expect(answer).toMatchObject({ status: 410, body: { code: "gone", detail: expect.stringContaining("expired") } });
  });

  test("is found under its own message and in its own company only", async () => {
    const { path, messageId, attachmentId } = await attach();
    const other = await attach();
    expect((await desk.client.get(`/messages/${other.messageId}/attachments/${attachmentId}`)).status).toBe(404);
    expect((await desk.client.get(`/messages/${messageId}/attachments/${newId()}`)).status).toBe(404);
    const { id: tenantId } = await buildTenant(api.context);
    const stranger = await api.bearer({ tenantId, role: "OWNER" });
    const answer = await api.app.inject({ url: `/api/v1${path}`, headers: stranger });
    expect([answer.statusCode, answer.json().code]).toEqual([404, "not_found"]);
  });
});

describe("a message", () => {
  test("says of each file whether it is here, and where", async () => {
    const stored = await attach();
    const { body } = await desk.client.get(`/messages/${stored.messageId}`);
    expect(body.data.attachments).toEqual([
      {
        id: stored.attachmentId,
        kind: "image",
        mimeType: "image/jpeg",
        fileName: "Été.jpg",
        state: "stored",
        size: BYTES.length,
        url: `/api/v1${stored.path}`,
      },
    ]);
    const pending = await attach({ state: "PENDING", failure: "unreachable" });
    const failed = await attach({ state: "FAILED", failure: "corrupted" });
    const { data } = (await desk.client.get(`/conversations/${conversation.id}/messages`)).body;
    const shown = new Map(
      data.map((message: { id: string; attachments: object[] }) => [message.id, message.attachments[0]]),
    );
    expect(shown.get(stored.messageId)).toEqual(body.data.attachments[0]);
    const file = { kind: "image", mimeType: "image/jpeg", fileName: "Été.jpg" };
    expect(shown.get(pending.messageId)).toEqual({ id: pending.attachmentId, ...file, state: "pending" });
    expect(shown.get(failed.messageId)).toEqual({
      id: failed.attachmentId,
      ...file,
      state: "failed",
      failure: "corrupted",
    });
  });
});

describe("POST /messages/:id/attachments/:attachmentId/fetch", () => {
  test("has a file that failed tried again, with a job of its own", async () => {
    const { path, attachmentId } = await attach({ state: "FAILED", failure: "not_found" });
    const answer = await desk.client.post(`${path}/fetch`);
    expect(answer).toMatchObject({ status: 200, body: { data: { id: attachmentId, state: "pending" } } });
    const jobs = (await api.context.jobsOn(mediaQueue)).filter(({ id }) => id.includes(attachmentId));
    expect(jobs).toMatchObject([{ payload: { tenantId: desk.tenant.id, attachmentId } }]);
    expect(await desk.client.post(`${path}/fetch`)).toMatchObject({ status: 409, body: { code: "conflict" } });
  });

  test.each<[string, Columns]>([
    ["is here", {}],
    ["is on its way", { state: "PENDING" }],
    [
      "its channel has no more",
      { state: "FAILED", failure: "expired", occurredAt: new Date(Date.now() - 7 * DAY_MS - 1_000) },
    ],
  ])("refuses what %s", async (_what, columns) => {
    const { path } = await attach(columns);
    expect(await desk.client.post(`${path}/fetch`)).toMatchObject({ status: 409, body: { code: "conflict" } });
  });

  test("knows no file of another message", async () => {
    const [one, other] = [await attach({ state: "FAILED", failure: "expired" }), await attach()];
    const path = `/messages/${other.messageId}/attachments/${one.attachmentId}/fetch`;
    expect((await desk.client.post(path)).status).toBe(404);
  });
});
