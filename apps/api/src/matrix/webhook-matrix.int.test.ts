import { applyRawEvents } from "@parley/core/ingest";
import { newId } from "@parley/runtime";
import { buildInbox } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_WHATSAPP } from "../api.fixture.ts";
import { headersOf } from "./call-route.fixture.ts";
import { expectNoTrace } from "./matrix-answer.fixture.ts";
import { openMatrix, tenantsOf, type Matrix } from "./matrix.fixture.ts";
import { sendRaw } from "./send-raw.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";
import { watchRows, type RowWatch } from "./watched-rows.fixture.ts";
import { WEBHOOKS, type WebhookAim, type WebhookRequest, type WebhookSecrets } from "./webhook-aims.fixture.ts";

let matrix: Matrix;
let theirRows: RowWatch;
/** Of the other tenant, whose webhooks the platform's secrets prove, for it has none of its own. */
let theirPlainInbox: string;
let requests = 0;

beforeAll(async () => {
  matrix = await openMatrix();
  const { tenant: tenantId } = matrix.theirs.things;
  theirPlainInbox = (await buildInbox(matrix.api.context, { tenantId })).id;
  theirRows = await watchRows(matrix.api.context, tenantsOf(matrix.theirs));
});

afterAll(() => matrix.api.close());

const ALL = Object.entries(WEBHOOKS);
const OF_INBOXES = ALL.filter(([, { provenBy }]) => provenBy === "inbox");

const newBody = (): string => JSON.stringify({ object: "whatsapp_business_account", entry: [], id: newId() });

/** As the seed has them. */
function secretsOf({ things }: SeededTenant): WebhookSecrets {
  return { appSecret: things.canary, verifyToken: things.canary };
}

/** Sends, and looks for traces of the other tenant in the answer. */
async function send(
  name: string,
  { query = {}, headers = {}, body }: WebhookRequest,
  inboxId = "",
): Promise<LightMyRequestResponse> {
  const [method = "", path = ""] = name.split(" ");
  const route = matrix.api.routes.find((each) => each.method === method && each.path === path);
  if (!route) throw new Error(`There is no route ${name} any more; take it out of webhook-aims.fixture.ts`);
  requests += 1;
  const response = await sendRaw(matrix.api, route, { params: { inboxId }, query, text: body, headers });
  expectNoTrace(response, matrix.traces, [inboxId, ...Object.values(query)]);
  return response;
}

const isStored = (body: string) =>
  matrix.api.context.database.withSystem((tx) =>
    tx.rawWebhookEvent.findFirst({ where: { body: Uint8Array.from(Buffer.from(body)) }, select: { tenantId: true } }),
  );

/** Where each webhook may be sent by whoever knows the secrets of one's own inbox, and of nothing else. */
function strangeTargets({ provenBy }: WebhookAim): string[] {
  return provenBy === "platform" ? [""] : [matrix.theirs.things.inbox, theirPlainInbox];
}

describe("a webhook is proven by the secrets of whom it is for", () => {
  test.each(ALL)("%s", async (name, aim) => {
    const { own } = matrix;
    const isOfInbox = aim.provenBy === "inbox";
    const body = newBody();
    const proven = aim.request(isOfInbox ? secretsOf(own) : TEST_WHATSAPP, body);
    expect((await send(name, proven, own.things.inbox)).statusCode).toBe(200);
    const owner = isOfInbox ? own.things.tenant : null;
    expect(await isStored(body)).toEqual(proven.body === undefined ? null : { tenantId: owner });
    expect(await theirRows.look()).toEqual([]);
  });
});

describe("a webhook that is for another tenant is refused, and nothing is stored", () => {
  test.each(ALL)("%s", async (name, aim) => {
    const { own, api } = matrix;
    const refused = async (request: WebhookRequest, inboxId: string) => {
      const { statusCode } = await send(name, request, inboxId);
      expect([name, inboxId, statusCode]).toEqual([name, inboxId, aim.refused]);
      if (request.body !== undefined) expect(await isStored(request.body)).toBeNull();
    };
    for (const inboxId of strangeTargets(aim)) {
      await refused(aim.request(secretsOf(own), newBody()), inboxId);
      await refused(aim.unproven(newBody()), inboxId);
      // What lets somebody into the API proves no webhook.
      for (const caller of ["owner", "key", "visiting_admin"] as const) {
        await refused({ ...aim.unproven(newBody()), headers: await headersOf(api, caller, own) }, inboxId);
      }
    }
    expect(await theirRows.look()).toEqual([]);
  });
});

describe("an inbox that has secrets of its own goes by no others", () => {
  test.each(OF_INBOXES)("%s", async (name, aim) => {
    for (const secrets of [TEST_WHATSAPP, secretsOf(matrix.theirs)]) {
      const body = newBody();
      const { statusCode } = await send(name, aim.request(secrets, body), matrix.own.things.inbox);
      expect([name, statusCode, await isStored(body)]).toEqual([name, aim.refused, null]);
    }
  });
});

describe("an inbox that there is not is not found, whoever asks", () => {
  test.each(OF_INBOXES)("%s", async (name, aim) => {
    // The ids of other things are no inbox's.
    for (const inboxId of [newId(), "support", matrix.theirs.things.tenant, matrix.theirs.things.conversation]) {
      for (const secrets of [secretsOf(matrix.own), TEST_WHATSAPP]) {
        const body = newBody();
        const { statusCode } = await send(name, aim.request(secrets, body), inboxId);
        expect([name, inboxId, statusCode, await isStored(body)]).toEqual([name, inboxId, 404, null]);
      }
    }
  });
});

test("a webhook of one's own that speaks of another tenant's numbers and messages changes nothing of theirs", async () => {
  const { api, own, theirs } = matrix;
  const { database } = api.context;
  const [ownNumber, theirNumber] = await Promise.all([own, theirs].map((tenant) => numberOf(tenant)));
  const { tenant: tenantId, message: id } = theirs.things;
  const message = await database.withSystem((tx) => tx.message.findFirstOrThrow({ where: { tenantId, id } }));
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const text = { from: "15550001111", id: `wamid.${newId()}`, timestamp, type: "text", text: { body: "Hello" } };
  const status = {
    id: message.externalId,
    status: "read",
    timestamp,
    recipient_id: "15550001111",
    biz_opaque_callback_data: `${id}:${message.attempts}`,
  };
  for (const [number, value] of [
    [theirNumber, { messages: [text] }],
    [theirNumber, { statuses: [status] }],
    [ownNumber, { statuses: [status] }],
  ] as const) {
    const change = { field: "messages", value: { metadata: { phone_number_id: number }, ...value } };
    const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [change] }] });
    const name = "POST /webhooks/whatsapp/:inboxId";
    const request = WEBHOOKS[name]?.request(secretsOf(own), body) ?? {};
    expect((await send(name, request, own.things.inbox)).statusCode).toBe(200);
    const bytes = Uint8Array.from(Buffer.from(body));
    const stored = await database.withSystem((tx) => tx.rawWebhookEvent.findFirstOrThrow({ where: { body: bytes } }));
    await applyRawEvents(api.context, [stored.id]);
    const applied = await database.withSystem((tx) => tx.rawWebhookEvent.findFirstOrThrow({ where: { body: bytes } }));
    expect([applied.tenantId, applied.status, applied.reason]).toEqual([
      own.things.tenant,
      ...(number === theirNumber ? ["QUARANTINED", "unknown_inbox"] : ["APPLIED", null]),
    ]);
  }
  expect(await theirRows.look()).toEqual([]);
});

async function numberOf({ things }: SeededTenant): Promise<string | null> {
  const { tenant: tenantId, inbox: id } = things;
  const inbox = await matrix.api.context.database.withSystem((tx) =>
    tx.inbox.findFirstOrThrow({ where: { tenantId, id } }),
  );
  return inbox.externalId;
}

test("with several senders for each webhook", ({ annotate }) => {
  expect(requests).toBeGreaterThan(ALL.length * 5);
  return annotate(`${requests} requests to ${ALL.length} webhooks`);
});
