import { createServer, type Server } from "node:http";
import { createWhatsAppDispatcher, sendWhatsAppMessage, signWhatsAppBody } from "@parley/channels";
import { createIngestHandlers } from "@parley/core/ingest";
import { mailQueue } from "@parley/core/mail";
import { createMailHandlers } from "@parley/core/mail-jobs";
import { createOutboundHandlers } from "@parley/core/outbound";
import { outboundQueue } from "@parley/core/outbound-queue";
import { ingestQueue } from "@parley/core/webhooks";
import { createSendSlots, startWorker, type RunningWorker } from "@parley/queue";
import { createLogger, newId, systemClock } from "@parley/runtime";
import { runAsOwner, waitUntil } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApi, TEST_JWT_SECRET, TEST_WHATSAPP, type TestApi, type TestRoute } from "../api.fixture.ts";
import { signedIn } from "../routes/desk.fixture.ts";
import { AIMS } from "./aims.fixture.ts";
import {
  aimedCall,
  apiRoutesOf,
  callersOf,
  callRoute,
  headersOf,
  type Call,
  type Caller,
} from "./call-route.fixture.ts";
import { bodiesOf } from "./matrix.fixture.ts";
import { seedTenant, type SeededTenant } from "./seed-tenant.fixture.ts";
import { linesThatTell } from "./told-secrets.fixture.ts";

/** A word in everything that is sent here and that no log may repeat. */
const CANARY = `canary${newId().slice(-12)}`;
/** Fields of answers that let somebody in. */
const SECRET_FIELDS = /"(?:accessToken|refreshToken|key|token)":"([^"]{20,})"/g;

const lines: string[] = [];
const secrets = new Set([CANARY, TEST_JWT_SECRET, TEST_WHATSAPP.appSecret, TEST_WHATSAPP.verifyToken]);

let api: TestApi;
let tenant: SeededTenant;
let graph: Server;
const workers: RunningWorker[] = [];
let dispatcher: ReturnType<typeof createWhatsAppDispatcher>;

/** Refuses what is sent, and repeats it, as providers do. */
function startGraph(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const message = `${request.headers.authorization} may not send ${Buffer.concat(chunks).toString()}`;
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { code: 100, message, error_data: { details: message } } }));
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on a port");
  return address.port;
}

beforeAll(async () => {
  api = await startTestApi({
    logger: createLogger({ name: "test", level: "trace" }, { write: (line) => void lines.push(line) }),
  });
  graph = await startGraph();
  dispatcher = createWhatsAppDispatcher();
  const { context } = api;
  const { logger, redis } = context;
  const target = { apiBaseUrl: `http://127.0.0.1:${portOf(graph)}`, apiVersion: "v25.0", timeoutMs: 5_000, dispatcher };
  const outbound = {
    ...context,
    // Delayed jobs wait in real time.
    clock: systemClock,
    slots: createSendSlots(context.publisher.redis, redis),
    channels: {
      WHATSAPP: (request: Parameters<typeof sendWhatsAppMessage>[0]) => sendWhatsAppMessage(request, target),
    },
  };
  // A server that quotes the mail, link and all.
  const mailer = { send: ({ to, text }: { to: string; text: string }) => Promise.reject(new MailRefused(to, text)) };
  const mail = { ...context, mailer, appUrl: "https://app.example" };
  workers.push(
    startWorker({ redis, logger, queue: ingestQueue, handlers: createIngestHandlers(context), concurrency: 10 }),
    startWorker({ redis, logger, queue: outboundQueue, handlers: createOutboundHandlers(outbound), concurrency: 10 }),
    startWorker({ redis, logger, queue: mailQueue, handlers: createMailHandlers(mail), concurrency: 5 }),
  );
  tenant = await seedTenant(api);
});

class MailRefused extends Error {
  readonly response: string;
  constructor(to: string, text: string) {
    // As packages/mail does it: what the server said is not in the message.
    super("550");
    this.response = `${to}: ${text}`;
  }
}

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await new Promise((resolve) => graph.close(resolve));
  await dispatcher.destroy();
  await api.close();
});

beforeEach(() => {
  const { canary, password } = tenant.things;
  for (const secret of [canary, password, tenant.passwordHash, tenant.key]) secrets.add(secret);
});

/** Every line in which a secret stands. */
function expectNothingTold(): void {
  expect(linesThatTell(lines, secrets)).toEqual([]);
}

/** Sends it, and remembers what was secret about it. */
async function send(route: TestRoute, call: Call): Promise<number> {
  const { authorization = "", "x-api-key": key = "" } = call.headers ?? {};
  for (const sent of [authorization.replace("Bearer ", ""), key]) if (sent !== "") secrets.add(sent);
  const response = await callRoute(api, route, call);
  for (const [, secret] of response.body.matchAll(SECRET_FIELDS)) if (secret !== undefined) secrets.add(secret);
  return response.statusCode;
}

/** As its aim says, with the canary in all that is new. */
async function aimed(name: string, caller: Caller, body: ReturnType<typeof bodiesOf>[number]): Promise<Call> {
  const described = AIMS[name] ?? {};
  const spare = (await described.spare?.(api, tenant)) ?? {};
  for (const secret of [spare.words?.["token"], spare.things?.password]) if (secret !== undefined) secrets.add(secret);
  const words = { ...spare.words, fresh: `${newId().slice(-6)}${CANARY}` };
  const headers = await headersOf(api, caller, tenant, spare.caller);
  const filters = Object.keys(described.query ?? {});
  return { ...aimedCall(described, body, { tenant, spare: { ...spare, words }, filters }), headers };
}

/** Every route as whoever may call it, each with a body that it takes. */
async function* calls() {
  for (const [name, route] of apiRoutesOf(api)) {
    for (const caller of callersOf(route)) {
      for (const body of bodiesOf(AIMS[name] ?? {})) yield { name, route, call: await aimed(name, caller, body) };
    }
  }
}

// Each asks every route that there is.
describe("no log says what is secret, nor what people wrote, at whatever level", { timeout: 180_000 }, () => {
  test("when requests are served", async ({ annotate }) => {
    let served = 0;
    for await (const { name, route, call } of calls()) {
      expect([name, await send(route, call)]).toEqual([name, expect.toSatisfy((status: number) => status < 300)]);
      served += 1;
    }
    expectNothingTold();
    return annotate(`${served} requests, ${lines.length} lines, ${secrets.size} secrets`);
  });

  test("when they are refused, whatever is wrong with them", async () => {
    for await (const { name, route, call } of calls()) {
      const wrong: Call[] = [
        { ...call, headers: { authorization: `Bearer ${CANARY}` } },
        { ...call, headers: { "x-api-key": CANARY, cookie: `session=${CANARY}` } },
        { ...call, query: { token: CANARY } },
        { ...call, body: { [CANARY]: CANARY } },
        { ...call, body: CANARY },
        { ...call, headers: { ...call.headers, "idempotency-key": `${CANARY}${"x".repeat(300)}` } },
      ];
      for (const each of wrong) {
        const status = await send(route, each);
        expect([name, status < 500]).toEqual([name, true]);
      }
    }
    const broken = await api.app.inject({
      method: "POST",
      url: `/api/v1/auth/login?password=${CANARY}`,
      headers: { "content-type": "application/json" },
      payload: `{"password":"${CANARY}`,
    });
    expect(broken.statusCode).toBe(400);
    for (const url of [`/nothing?token=${CANARY}`, `/%ZZ?token=${CANARY}`, `/admin/queues?token=${CANARY}`]) {
      expect((await api.app.inject(url)).statusCode).toBeLessThan(500);
    }
    const form = { email: `${CANARY}@users.example`, password: CANARY };
    expect((await api.app.inject({ method: "POST", url: "/admin/login", payload: form })).statusCode).toBe(401);
    expectNothingTold();
  });

  test("when webhooks arrive, and workers apply, send and mail", async () => {
    const { context } = api;
    const owner = signedIn(api, { tenantId: tenant.things.tenant, userId: tenant.things.owner });
    const credentials = { accessToken: `${CANARY}-a`, appSecret: `${CANARY}-s`, verifyToken: `${CANARY}-v` };
    const phoneNumberId = String(Date.now());
    const inbox = { name: CANARY, channel: "whatsapp", externalId: phoneNumberId, credentials };
    const { body } = await owner.post("/inboxes", inbox);
    const url = `/webhooks/whatsapp/${body.data.id}`;
    const hub = { "hub.mode": "subscribe", "hub.challenge": "1" };
    for (const token of [credentials.verifyToken, `${CANARY}-wrong`]) {
      await api.app.inject({ url, query: { ...hub, "hub.verify_token": token } });
    }

    const from = "33612345678";
    secrets.add(from);
    const deliver = (value: object, secret: string) => {
      const metadata = { phone_number_id: phoneNumberId };
      const change = { field: "messages", value: { messaging_product: "whatsapp", metadata, ...value } };
      const payload = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [change] }] });
      const signature = signWhatsAppBody(Buffer.from(payload), secret);
      secrets.add(signature);
      const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
      return api.app.inject({ method: "POST", url, payload, headers });
    };
    const at = String(Math.floor(Date.now() / 1_000));
    const message = { from, id: `wamid.${newId()}`, timestamp: at, type: "text", text: { body: CANARY } };
    const contacts = [{ wa_id: from, profile: { name: CANARY } }];
    expect((await deliver({ contacts, messages: [message] }, credentials.appSecret)).statusCode).toBe(200);
    expect((await deliver({ messages: [message] }, CANARY)).statusCode).toBe(401);
    // Of a form that nobody foresaw.
    expect((await deliver({ messages: CANARY, statuses: [{ id: CANARY }] }, credentials.appSecret)).statusCode).toBe(
      200,
    );

    const to = { inboxId: body.data.id, to: `+${from}`, type: "text" };
    await waitUntil(
      async () => {
        const { body: found } = await owner.get(`/conversations?inboxId=${body.data.id}`);
        return found.data.length === 1;
      },
      "the message has arrived",
      20_000,
    );
    const sent = await owner.post("/messages", { ...to, text: CANARY });
    expect(sent.status).toBe(201);
    await waitUntil(
      async () => {
        const { body: found } = await owner.get(`/messages/${sent.body.data.id}`);
        return found.data.status === "failed" || (found.data.status === "queued" && found.data.error !== null);
      },
      "the provider has refused the message",
      20_000,
    );
    await waitUntil(() => lines.some((line) => line.includes('"queue":"mail"')), "a mail was refused", 20_000);
    await context.published();
    expectNothingTold();
  });

  test("when the database refuses what is to be written, with all of it in the error", async () => {
    const asked: { route: TestRoute; call: Call }[] = [];
    for await (const each of calls()) asked.push(each);
    // Who asks is remembered, and whatever they ask for is not there.
    for (const { route, call } of asked) await send(route, call);
    await runAsOwner(
      api.context.urls,
      `do $$ declare t text; begin
         for t in select tablename from pg_tables where schemaname = 'public' loop
           execute format('alter table %I rename to %I', t, t || '_away');
         end loop;
       end $$`,
    );
    const statuses: number[] = [];
    for (const { route, call } of asked) statuses.push(await send(route, call));
    expect(statuses.filter((status) => status >= 500).length).toBeGreaterThan(asked.length / 2);
    expect(lines.filter((line) => line.includes('"request failed"')).length).toBeGreaterThan(20);
    expectNothingTold();
  });
});

test("and what the API and the workers say is looked at: one word would be found", () => {
  for (const { logger } of [api.context, { logger: api.app.log }]) {
    const before = lines.length;
    logger.debug(`the e-mail is ${CANARY}`);
    expect(expectNothingTold).toThrow();
    lines.splice(before);
  }
});
