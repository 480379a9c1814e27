import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { limitArrival } from "./arrival-timeout.ts";

let app: FastifyInstance;
let port: number;

beforeEach(async () => {
  app = Fastify();
  app.addHook("onRequest", limitArrival);
  app.post("/quick", { config: { arrivalTimeoutMs: 50 } }, async ({ body }) => ({ body }));
  // Longer than its request may take to arrive.
  app.post("/long", { config: { arrivalTimeoutMs: 20 } }, () => sleep(60, {}));
  app.post("/patient", { config: { arrivalTimeoutMs: 60_000 } }, async ({ body }) => ({ body }));
  await app.listen({ port: 0, host: "127.0.0.1" });
  ({ port } = app.server.address() as { port: number });
});
afterEach(() => app.close());

/** Sends half of a body, and the rest when `rest` resolves. */
function sendSlowly(path: string, rest: Promise<unknown>): Promise<number | string> {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json", "content-length": "7" };
    const outgoing = httpRequest({ port, path, method: "POST", headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    outgoing.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    outgoing.write('{"a"');
    void rest.then(() => outgoing.end(":1}"));
  });
}

test("a request that does not arrive in the time of its route loses its connection", async () => {
  expect(await sendSlowly("/quick", new Promise(() => undefined))).toBe("ECONNRESET");
});

test("another route waits for longer", async () => {
  const lost = sendSlowly("/quick", new Promise(() => undefined));
  expect(await sendSlowly("/patient", lost)).toBe(200);
});

test("what has arrived is answered, however long that takes", async () => {
  expect(await sendSlowly("/long", Promise.resolve())).toBe(200);
});
