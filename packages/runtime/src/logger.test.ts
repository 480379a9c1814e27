import { Writable } from "node:stream";
import { pino, type Logger } from "pino";
import { describe, expect, test } from "vitest";
import { loggerOptions } from "./logger.ts";

const CANARY = "canary-7f3a";

/** What a logger writes while `log` runs. */
function written(log: (logger: Logger) => void): string {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  log(pino(loggerOptions({ name: "test", level: "trace" }), sink));
  return lines.join("");
}

const NAMES = [
  "password",
  "newPassword",
  "currentPassword",
  "passwordHash",
  "token",
  "accessToken",
  "refreshToken",
  "hub.verify_token",
  "tokenHash",
  "keyHash",
  "key",
  "apiKey",
  "x-api-key",
  "X-Api-Key",
  "ENCRYPTION_KEYS",
  "secret",
  "jwtSecret",
  "appSecret",
  "credentials",
  "authorization",
  "Authorization",
  "cookie",
  "set-cookie",
  "x-hub-signature-256",
  "smtpUrl",
  "DATABASE_APP_URL",
  "redisUrl",
  "body",
  "rawBody",
  "payload",
  "text",
  "content",
  "query",
  "email",
  "phone",
  "fullName",
];

describe.each(NAMES)("%s is never written", (name) => {
  test.each([
    ["by itself", { [name]: CANARY }],
    ["as a list", { [name]: [CANARY] }],
    ["as an object", { [name]: { inner: CANARY } }],
    ["within", { job: { [name]: CANARY } }],
    ["far within", { a: { b: { c: { d: { [name]: CANARY } } } } }],
    ["within a list", { jobs: [{ [name]: CANARY }] }],
    ["within a map", { jobs: new Map([["one", { [name]: CANARY }]]) }],
  ])("%s", (_where, fields) => {
    const lines = written((logger) => logger.info(fields));
    expect(lines).not.toContain(CANARY);
    expect(lines).toContain("[redacted]");
  });
});

test("what an error is about is not written, wherever the error stands", () => {
  const error = Object.assign(new Error("refused"), { detail: `Failing row contains (${CANARY})` });
  for (const fields of [error, { err: error }, { failure: error }, { jobs: [{ failure: { cause: error } }] }]) {
    const lines = written((logger) => logger.error(fields));
    expect(lines).not.toContain(CANARY);
    expect(lines).toContain("refused");
  }
});

test("a request is its method and path, and a child of the logger writes it so as well", () => {
  class Request {
    method = "GET";
    url = `/webhooks/whatsapp?hub.verify_token=${CANARY}`;
    headers = { authorization: CANARY };
  }
  const lines = written((logger) => logger.child({ requestId: "r1" }).warn({ req: new Request() }));
  expect(lines).not.toContain(CANARY);
  expect(JSON.parse(lines)).toMatchObject({ requestId: "r1", req: { method: "GET", path: "/webhooks/whatsapp" } });
});

test("bytes are not written", () => {
  expect(written((logger) => logger.info({ event: { raw: Buffer.from("hello") } }))).toContain('"raw":"[bytes]"');
});

test("what contains itself is cut off, and nothing is thrown", () => {
  const knot: Record<string, unknown> = {};
  knot["knot"] = knot;
  expect(written((logger) => logger.info({ knot }))).toContain("[deep]");
});

test("ids, counts, times and answers to yes or no are written as they are", () => {
  const fields = { messageId: "m1", tokens: 3, hasCredentials: false, token: null, at: new Date(0) };
  expect(JSON.parse(written((logger) => logger.info(fields)))).toMatchObject({
    ...fields,
    at: "1970-01-01T00:00:00.000Z",
  });
});
