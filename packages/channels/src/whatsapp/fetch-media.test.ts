import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createGuardedFetch, type GuardedFetch } from "@parley/runtime";
import { afterEach, describe, expect, test } from "vitest";
import type { MediaOutcome, MediaRequest } from "../channel.ts";
import { fetchMedia } from "./fetch-media.ts";
import { listen, respond } from "./send.fixture.ts";

const BYTES = Buffer.from("the bytes of a file");
const SHA256 = createHash("sha256").update(BYTES).digest();
const TOKEN = "token-of-the-account";

const toUndo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let undo = toUndo.pop(); undo; undo = toUndo.pop()) await undo();
});

interface Asked {
  path: string;
  authorization: string | undefined;
}

interface Provider {
  asked: Asked[];
  fetch(part?: Partial<MediaRequest>): Promise<{ outcome: MediaOutcome; written: Buffer }>;
}

/** A provider that answers the question where a file is, and the one for the file, as told. */
async function startProvider(answers: {
  metadata?: (response: ServerResponse, baseUrl: string) => void;
  file?: (response: ServerResponse, request: IncomingMessage) => void;
  write?: (piece: Uint8Array) => Promise<void>;
}): Promise<Provider> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push({ path, authorization: request.headers.authorization });
    if (path.startsWith("/file")) (answers.file ?? ((sent) => sent.end(BYTES)))(response, request);
    else (answers.metadata ?? metadata())(response, baseUrl);
  });
  const port = await listen(server);
  const baseUrl = `http://127.0.0.1:${port}`;
  const guarded: GuardedFetch = createGuardedFetch({
    allowPrivate: [`127.0.0.1:${port}`],
    maxBytes: 1_000,
    timeoutMs: 5_000,
  });
  toUndo.push(async () => {
    await guarded.close();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const options = { apiBaseUrl: baseUrl, apiVersion: "v25.0", patienceMs: 2_000, minBytesPerSecond: 1_000 };
  return {
    asked,
    async fetch(part = {}) {
      const written: Uint8Array[] = [];
      const request = { providerMediaId: "4711", accessToken: TOKEN, maxBytes: 500, ...part };
      const write = answers.write ?? (async (piece: Uint8Array) => void written.push(piece));
      const outcome = await fetchMedia(request, write, { ...options, fetch: guarded });
      return { outcome, written: Buffer.concat(written) };
    },
  };
}

/** What Meta says of a file, unless told otherwise. */
const metadata =
  (part: Record<string, unknown> = {}) =>
  (response: ServerResponse, baseUrl: string): void =>
    respond(response, 200, {
      messaging_product: "whatsapp",
      url: `${baseUrl}/file`,
      mime_type: "image/jpeg",
      sha256: SHA256.toString("base64"),
      file_size: BYTES.length,
      id: "4711",
      ...part,
    });
const graphError = (status: number, code: number) => (response: ServerResponse) =>
  respond(response, status, { error: { code, message: `About ${TOKEN}`, error_data: { details: "Because" } } });
const plainly = (status: number, headers?: Record<string, string>) => (response: ServerResponse) =>
  respond(response, status, "<html>", headers);

test("a file is asked for by its id, then by its URL, both with the token", async () => {
  const provider = await startProvider({});
  const { outcome, written } = await provider.fetch();
  expect(outcome).toEqual({ kind: "fetched", size: BYTES.length, sha256: SHA256.toString("base64") });
  expect(written).toEqual(BYTES);
  expect(provider.asked).toEqual([
    { path: "/v25.0/4711", authorization: `Bearer ${TOKEN}` },
    { path: "/file", authorization: `Bearer ${TOKEN}` },
  ]);
});

test.each([
  ["base64", SHA256.toString("base64")],
  ["hex", SHA256.toString("hex")],
  ["nothing that is one", "SfIn="],
])("a hash of the webhook may be %s", async (_form, sha256) => {
  const provider = await startProvider({});
  expect((await provider.fetch({ sha256 })).outcome.kind).toBe("fetched");
});

describe("a URL that is gone", () => {
  test("is asked for once more", async () => {
    let times = 0;
    const provider = await startProvider({
      file: (response) => {
        times += 1;
        if (times === 1) plainly(404)(response);
        else response.end(BYTES);
      },
    });
    expect((await provider.fetch()).outcome.kind).toBe("fetched");
    expect(provider.asked.map(({ path }) => path)).toEqual(["/v25.0/4711", "/file", "/v25.0/4711", "/file"]);
  });

  test("twice is left for later", async () => {
    const provider = await startProvider({ file: plainly(404) });
    expect((await provider.fetch()).outcome).toEqual({ kind: "retry", reason: "url_expired" });
    expect(provider.asked).toHaveLength(4);
  });
});

test.each<[string, Parameters<typeof startProvider>[0], object]>([
  ["a token that is refused", { metadata: graphError(401, 190) }, { kind: "pause", error: { code: "190" } }],
  ["a token that is refused for the file", { file: graphError(401, 190) }, { kind: "pause", error: { code: "190" } }],
  ["an id that is not known", { metadata: graphError(400, 100) }, { kind: "gone", reason: "not_found" }],
  ["what cannot be downloaded", { metadata: graphError(400, 131052) }, { kind: "gone", reason: "not_found" }],
  ["another refusal for good", { metadata: graphError(400, 131051) }, { kind: "gone", reason: "refused" }],
  ["a service that is down", { metadata: graphError(503, 2) }, { kind: "retry", reason: "provider_error" }],
  [
    "too many calls",
    { metadata: graphError(400, 80007) },
    { kind: "retry", reason: "rate_limited", retryAfterMs: 300_000 },
  ],
  [
    "a proxy that says later",
    { file: plainly(429, { "retry-after": "7" }) },
    { kind: "retry", reason: "rate_limited", retryAfterMs: 7_000 },
  ],
  ["a proxy's page", { metadata: plainly(200) }, { kind: "retry", reason: "provider_error" }],
  [
    "an endless page",
    { metadata: (sent) => respond(sent, 500, "x".repeat(999)) },
    { kind: "retry", reason: "provider_error" },
  ],
  ["a server that fails", { file: plainly(500) }, { kind: "retry", reason: "provider_error" }],
  ["a redirect", { file: plainly(302, { location: "/other" }) }, { kind: "retry", reason: "url_refused" }],
  ["no URL", { metadata: metadata({ url: "file:///etc/passwd" }) }, { kind: "retry", reason: "provider_error" }],
  [
    "a URL of a private network",
    { metadata: metadata({ url: "http://169.254.169.254/latest" }) },
    { kind: "retry", reason: "url_refused" },
  ],
  [
    "a file that is said to be too large",
    { metadata: metadata({ file_size: 501 }) },
    { kind: "gone", reason: "too_large" },
  ],
  [
    "a file that is larger than was said",
    { metadata: metadata({ file_size: 1 }), file: (sent) => sent.end(Buffer.alloc(501)) },
    { kind: "gone", reason: "too_large" },
  ],
  [
    "a file that breaks off",
    { file: (sent) => void sent.writeHead(200, { "content-length": "19" }).write("the", () => sent.destroy()) },
    { kind: "retry", reason: "unreachable" },
  ],
  ["a file that ends early", { file: (sent) => sent.end("the bytes") }, { kind: "retry", reason: "incomplete" }],
  ["other bytes", { file: (sent) => sent.end("the bytes of a fill") }, { kind: "retry", reason: "corrupted" }],
  [
    "other bytes than the length says, where no hash was told",
    { metadata: metadata({ sha256: undefined, file_size: 5 }) },
    { kind: "retry", reason: "corrupted" },
  ],
])("%s", async (_what, answers, expected) => {
  const provider = await startProvider(answers);
  expect((await provider.fetch()).outcome).toMatchObject(expected);
});

test("bytes are held against the hash of the webhook as well", async () => {
  const provider = await startProvider({});
  const { outcome } = await provider.fetch({ sha256: createHash("sha256").update("other").digest("base64") });
  expect(outcome).toEqual({ kind: "retry", reason: "corrupted" });
});

test("a file that does not come in its time is left for later", async () => {
  const provider = await startProvider({ file: (response) => void response.writeHead(200).write("the") });
  const begunAt = performance.now();
  expect((await provider.fetch()).outcome).toEqual({ kind: "retry", reason: "too_slow" });
  expect(performance.now() - begunAt).toBeGreaterThan(1_900);
});

test("a token that cannot be one is not sent", async () => {
  const provider = await startProvider({});
  expect((await provider.fetch({ accessToken: "two words" })).outcome).toMatchObject({ kind: "pause" });
  expect(provider.asked).toEqual([]);
});

test("no error holds the token", async () => {
  const provider = await startProvider({ metadata: graphError(401, 190) });
  expect(JSON.stringify(await provider.fetch())).not.toContain(TOKEN);
});

test("what the writer throws is thrown, and no more is read", async () => {
  const provider = await startProvider({
    write: () => Promise.reject(new Error("no room")),
  });
  await expect(provider.fetch()).rejects.toThrow("no room");
});

test("what is told over TLS sends no token without", async () => {
  const asked: string[] = [];
  const fetch = async (url: string | URL | Request): Promise<Response> => {
    asked.push(url instanceof Request ? url.url : String(url));
    return Response.json({ url: "http://files.example/4711" });
  };
  const request = { providerMediaId: "4711", accessToken: TOKEN, maxBytes: 500 };
  const options = { apiBaseUrl: "https://graph.example", apiVersion: "v25.0", patienceMs: 1_000, minBytesPerSecond: 1 };
  const outcome = await fetchMedia(request, async () => undefined, { ...options, fetch });
  expect(outcome).toEqual({ kind: "retry", reason: "url_refused" });
  expect(asked).toEqual(["https://graph.example/v25.0/4711"]);
});
