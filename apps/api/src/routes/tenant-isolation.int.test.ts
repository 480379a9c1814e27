import { newId } from "@parley/runtime";
import { buildConversation, buildMessage, buildRawEvent, buildTicket } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";
import { openDesk, type Answer, type Client, type Desk } from "./desk.fixture.ts";

/** The ids of one tenant's things; those of nobody are random. */
interface Things {
  conversation: string;
  contact: string;
  inbox: string;
  message: string;
  ticket: string;
  rawEvent: string;
}

let api: TestApi;
let theirs: Desk;
let mine: Desk;
let owner: Client;
let foreign: Things;
let nobodys: Things;
let own: Things;

beforeAll(async () => {
  api = await startTestApi();
  theirs = await openDesk(api);
  mine = await openDesk(api);
  owner = mine.as({ role: "OWNER" });
  foreign = await buildThings(theirs);
  own = await buildThings(mine);
  nobodys = {
    conversation: newId(),
    contact: newId(),
    inbox: newId(),
    message: newId(),
    ticket: newId(),
    rawEvent: newId(),
  };
});

afterAll(async () => {
  await api.close();
});

async function buildThings(desk: Desk): Promise<Things> {
  const conversation = await buildConversation(api.context, { tenantId: desk.tenant.id, tags: ["secret-tag"] });
  const ticket = await buildTicket(api.context, conversation, { subject: "Secret subject" });
  const message = await buildMessage(api.context, conversation, {
    direction: "OUTBOUND",
    status: "FAILED",
    ticketId: ticket.id,
    content: { text: "Secret text" },
  });
  const rawEvent = await buildRawEvent(api.context, { tenantId: desk.tenant.id, inboxId: conversation.inboxId });
  return {
    conversation: conversation.id,
    contact: conversation.contactId,
    inbox: conversation.inboxId,
    message: message.id,
    ticket: ticket.id,
    rawEvent: rawEvent.id,
  };
}

/** Everything that a tenant could change of another's, as it stands. */
async function stateOf(tenantId: string): Promise<string> {
  const state = await api.context.database.withSystem(async (tx) => [
    await tx.inbox.findMany({ where: { tenantId } }),
    await tx.contact.findMany({ where: { tenantId }, include: { identifiers: true } }),
    await tx.conversation.findMany({ where: { tenantId } }),
    await tx.message.findMany({ where: { tenantId } }),
    await tx.ticket.findMany({ where: { tenantId } }),
    await tx.event.findMany({ where: { tenantId } }),
    await tx.rawWebhookEvent.findMany({ where: { tenantId } }),
    await tx.idempotencyKey.findMany({ where: { tenantId } }),
  ]);
  return JSON.stringify(state, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

const text = { type: "text", text: "Hello" };

function answerTo(replyToMessageId: string): Promise<Answer> {
  return owner.post(`/conversations/${own.conversation}/messages`, { ...text, replyToMessageId });
}

function assignTo(assigneeId: string): Promise<Answer> {
  return owner.patch(`/conversations/${own.conversation}`, { assigneeId });
}

describe("another tenant's id", () => {
  test.each<[string, (client: Client, of: Things) => Promise<Answer>]>([
    ["GET /inboxes/:id", (client, of) => client.get(`/inboxes/${of.inbox}`)],
    ["PATCH /inboxes/:id", (client, of) => client.patch(`/inboxes/${of.inbox}`, { name: "Mine" })],
    ["DELETE /inboxes/:id", (client, of) => client.delete(`/inboxes/${of.inbox}`)],
    ["GET /contacts/:id", (client, of) => client.get(`/contacts/${of.contact}`)],
    [
      "POST /conversations, inboxId",
      (client, of) => client.post("/conversations", { inboxId: of.inbox, to: "+4915112345678" }),
    ],
    [
      "POST /conversations, inboxId with one's own contact",
      (client, of) => client.post("/conversations", { inboxId: of.inbox, contactId: own.contact }),
    ],
    [
      "POST /conversations, contactId",
      (client, of) => client.post("/conversations", { inboxId: own.inbox, contactId: of.contact }),
    ],
    ["GET /conversations/:id", (client, of) => client.get(`/conversations/${of.conversation}`)],
    ["PATCH /conversations/:id", (client, of) => client.patch(`/conversations/${of.conversation}`, { tags: ["mine"] })],
    ["GET /conversations/:id/messages", (client, of) => client.get(`/conversations/${of.conversation}/messages`)],
    [
      "POST /conversations/:id/messages",
      (client, of) => client.post(`/conversations/${of.conversation}/messages`, text),
    ],
    ["POST /messages", (client, of) => client.post("/messages", { inboxId: of.inbox, to: "+4915112345678", ...text })],
    ["GET /messages/:id", (client, of) => client.get(`/messages/${of.message}`)],
    ["GET /messages/:id/attempts", (client, of) => client.get(`/messages/${of.message}/attempts`)],
    ["POST /messages/:id/retry", (client, of) => client.post(`/messages/${of.message}/retry`)],
    ["GET /tickets/:id", (client, of) => client.get(`/tickets/${of.ticket}`)],
    ["GET /tickets/:id/events", (client, of) => client.get(`/tickets/${of.ticket}/events`)],
    ["GET /tickets/:id/messages", (client, of) => client.get(`/tickets/${of.ticket}/messages`)],
    ["POST /tickets/:id/messages", (client, of) => client.post(`/tickets/${of.ticket}/messages`, { body: "Hello" })],
    ["GET /raw-events/:id", (client, of) => client.get(`/raw-events/${of.rawEvent}`)],
    ["POST /raw-events/:id/replay", (client, of) => client.post(`/raw-events/${of.rawEvent}/replay`)],
    ["PATCH /settings, defaultInboxId", (client, of) => client.patch("/settings", { defaultInboxId: of.inbox })],
  ])("is answered like nobody's on %s, and nothing changes", async (_route, request) => {
    const before = await stateOf(theirs.tenant.id);
    const answers = [await request(owner, foreign), await request(owner, nobodys)];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    const [ofTheirs, ofNobody] = answers.map(({ body }) => ({ ...body, requestId: undefined, instance: undefined }));
    expect(ofTheirs).toEqual(ofNobody);
    expect(await stateOf(theirs.tenant.id)).toBe(before);
  });

  test("is refused in a body like nobody's", async () => {
    for (const [foreignAnswer, answer] of [
      [await answerTo(foreign.message), await answerTo(nobodys.message)],
      [await assignTo(theirs.agent.id), await assignTo(newId())],
    ] as const) {
      expect([foreignAnswer.status, answer.status]).toEqual([400, 400]);
      expect(foreignAnswer.body.errors).toEqual(answer.body.errors);
    }
  });

  test.each<[string, (of: Things) => string]>([
    ["inboxId", (of) => `/conversations?inboxId=${of.inbox}`],
    ["assigneeId", () => `/conversations?assigneeId=${theirs.agent.id}`],
    ["conversationId", (of) => `/messages?conversationId=${of.conversation}`],
    ["assigneeId of tickets", () => `/tickets?assigneeId=${theirs.agent.id}`],
    ["inboxId of raw events", (of) => `/raw-events?inboxId=${of.inbox}`],
  ])("as the filter %s finds nothing", async (_name, path) => {
    expect((await owner.get(path(foreign))).body.data).toEqual([]);
  });
});

test.each(["/inboxes", "/contacts", "/conversations", "/messages", "/tickets", "/raw-events"])(
  "GET %s lists one's own only, whatever the cursor",
  async (path) => {
    const owned = await owner.get(path);
    expect(owned.body.data.length).toBeGreaterThan(0);
    const their = await theirs.as({ role: "OWNER" }).get(`${path}?limit=1`);
    const cursor = Buffer.from(JSON.stringify(keyOf(path, their.body.data[0]))).toString("base64url");
    const paged = await owner.get(`${path}?cursor=${cursor}`);
    expect(paged.status).toBe(200);
    for (const row of [...owned.body.data, ...paged.body.data]) {
      expect(Object.values(foreign)).not.toContain(row.id);
    }
  },
);

/** The sort key that a cursor of the list carries. */
function keyOf(path: string, row: { id: string; lastMessageAt: string; createdAt: string }): string[] {
  if (path === "/conversations") return [row.lastMessageAt, row.id];
  if (path === "/tickets") return [row.createdAt, row.id];
  return [row.id];
}

test("GET /raw-events/stats counts one's own only", async () => {
  expect((await owner.get("/raw-events/stats")).body.data.received).toBe(1);
});

test("GET /tenants/current shows one's own", async () => {
  expect((await owner.get("/tenants/current")).body.data).toMatchObject({ id: mine.tenant.id, slug: mine.tenant.slug });
});

test("without a token, every route says so", async () => {
  for (const path of [
    "/inboxes",
    "/contacts",
    "/conversations",
    "/messages",
    "/tickets",
    "/raw-events",
    "/tenants/current",
  ]) {
    const response = await api.app.inject({ url: `/api/v1${path}` });
    expect([path, response.statusCode]).toEqual([path, 401]);
  }
});
