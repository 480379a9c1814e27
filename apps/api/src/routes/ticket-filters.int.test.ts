import { newId } from "@parley/runtime";
import {
  buildConversation,
  buildMessage,
  buildTicket,
  buildUser,
  type BuiltConversation,
  type BuiltTicket,
} from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let conversation: BuiltConversation;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
});

const HOUR_MS = 3_600_000;

type Columns = Parameters<typeof buildTicket>[2];

/** On a conversation of its own, so that it may be unfinished beside others. */
async function ticketWith(
  columns: Columns,
  on: Parameters<typeof buildConversation>[1] | object = {},
): Promise<BuiltTicket> {
  const own = await buildConversation(api.context, { tenantId: desk.tenant.id, ...on });
  return buildTicket(api.context, own, columns);
}

async function idsOf(query: string, client: Client = desk.client): Promise<string[]> {
  const { status, body } = await client.get(`/tickets?${query}`);
  expect([query, status]).toEqual([query, 200]);
  return body.data.map((row: { id: string }) => row.id);
}

async function buildTeam(name: string): Promise<string> {
  const id = newId();
  await api.context.database.withSystem((tx) => tx.team.create({ data: { tenantId: desk.tenant.id, id, name } }));
  return id;
}

/** Two of each priority, in pairs of the same time, so that the id decides; those that are finished as well. */
async function buildMany(): Promise<BuiltTicket[]> {
  const start = api.context.clock.now().getTime() - 100 * HOUR_MS;
  const built: BuiltTicket[] = [];
  for (let index = 0; index < 12; index += 1) {
    const createdAt = new Date(start + Math.floor(index / 2) * HOUR_MS);
    const updatedAt = new Date(start + ((index * 5) % 7) * HOUR_MS);
    const priority = (["LOW", "URGENT", "NORMAL", "HIGH"] as const)[index % 4];
    const status = (["CLOSED", "RESOLVED"] as const)[index % 2];
    built.push(await buildTicket(api.context, conversation, { createdAt, updatedAt, priority, status }));
  }
  return built;
}

const RANK = { LOW: 0, NORMAL: 1, HIGH: 2, URGENT: 3 };
const byId = (a: BuiltTicket, b: BuiltTicket): number => (a.id < b.id ? -1 : 1);
const oldest = (a: BuiltTicket, b: BuiltTicket): number => a.createdAt.getTime() - b.createdAt.getTime() || byId(a, b);
const ORDERS: [string, (a: BuiltTicket, b: BuiltTicket) => number][] = [
  ["newest", (a, b) => oldest(b, a)],
  ["oldest", oldest],
  ["updated", (a, b) => b.updatedAt.getTime() - a.updatedAt.getTime() || byId(b, a)],
  ["priority", (a, b) => RANK[b.priority] - RANK[a.priority] || oldest(a, b)],
];

describe("GET /tickets filters by", () => {
  test("several statuses, priorities, channels and inboxes, in either case", async () => {
    const open = await ticketWith({ status: "OPEN", priority: "LOW" });
    const pending = await ticketWith({ status: "PENDING", priority: "URGENT", channel: "EMAIL" });
    const closed = await ticketWith({ status: "CLOSED", priority: "HIGH" });
    expect(await idsOf("status=open,PENDING")).toEqual([pending.id, open.id]);
    expect(await idsOf("status=open,pending,closed,resolved,escalated,waiting_customer")).toHaveLength(3);
    expect(await idsOf("priority=urgent,HIGH")).toEqual([closed.id, pending.id]);
    expect(await idsOf("channel=email")).toEqual([pending.id]);
    expect(await idsOf("channel=email,WHATSAPP&status=open,closed")).toEqual([closed.id, open.id]);
    expect(await idsOf(`inboxId=${open.inboxId},${closed.inboxId}`)).toEqual([closed.id, open.id]);
  });

  test("who has it: a member, me, nobody, a team, no team", async () => {
    const teamId = await buildTeam("Returns");
    const colleague = await buildUser(api.context, { tenantId: desk.tenant.id });
    const mine = await ticketWith({ assigneeId: desk.agent.id });
    const theirs = await ticketWith({ assigneeId: colleague.id, teamId, status: "PENDING" });
    const nobodys = await ticketWith({});
    expect(await idsOf("assigneeId=me")).toEqual([mine.id]);
    expect(await idsOf("assigneeId=me&status=open,pending")).toEqual([mine.id]);
    expect(await idsOf(`assigneeId=${colleague.id}`)).toEqual([theirs.id]);
    expect(await idsOf("assigneeId=none")).toEqual([nobodys.id]);
    expect(await idsOf(`teamId=${teamId}`)).toEqual([theirs.id]);
    expect(await idsOf("teamId=none")).toEqual([nobodys.id, mine.id]);
    expect(await idsOf(`assigneeId=${newId()}`)).toEqual([]);
  });

  test("contact, category, order, and all of several tags", async () => {
    const wanted = await ticketWith({ category: "delivery", orderRef: "4711", tags: ["a, b", "vip"] });
    await ticketWith({ category: "returns", orderRef: "4712", tags: ["vip"] });
    for (const query of [
      `contactId=${wanted.contactId}`,
      "category=delivery",
      "orderRef=4711",
      "tag=vip&tag=a,%20b",
      "tag=a,%20b",
      "tag=a,%20b&status=open,pending",
    ]) {
      expect([query, await idsOf(query)]).toEqual([query, [wanted.id]]);
    }
    expect(await idsOf("tag=vip")).toHaveLength(2);
    expect(await idsOf("tag=vip&tag=lost")).toEqual([]);
  });

  test("values of the company's own attributes, whatever their type", async () => {
    const wanted = await ticketWith({
      attributes: { floor: "5", size: 5, is_gift: true, day: "2026-01-31", "a:b": "odd" },
    });
    await ticketWith({ attributes: { floor: "6", size: 6, is_gift: false } });
    for (const query of [
      "attribute=floor:5",
      "attribute=size:5.0",
      "attribute=is_gift:true",
      "attribute=day:2026-01-31",
    ]) {
      expect([query, await idsOf(query)]).toEqual([query, [wanted.id]]);
    }
    expect(await idsOf("attribute=floor:5&attribute=is_gift:true")).toEqual([wanted.id]);
    expect(await idsOf("attribute=floor:5&attribute=is_gift:false")).toEqual([]);
    expect(await idsOf("attribute=unknown:5")).toEqual([]);
  });

  test("times, and whether it is put aside", async () => {
    const now = api.context.clock.now().getTime();
    const at = (hours: number): Date => new Date(now + hours * HOUR_MS);
    const older = await ticketWith({ createdAt: at(-10), updatedAt: at(-1), snoozedAt: at(-1) });
    const newer = await ticketWith({ createdAt: at(-5), updatedAt: at(-5) });
    const text = (hours: number): string => at(hours).toISOString();
    expect(await idsOf(`createdAfter=${text(-5)}`)).toEqual([newer.id]);
    expect(await idsOf(`createdBefore=${text(-5)}`)).toEqual([older.id]);
    expect(await idsOf(`updatedAfter=${text(-2)}`)).toEqual([older.id]);
    expect(await idsOf("isSnoozed=true")).toEqual([older.id]);
    expect(await idsOf("isSnoozed=false")).toEqual([newer.id]);
  });

  test("what somebody has typed: wildcards stand for themselves, and a number is one", async () => {
    const percent = await ticketWith({ subject: "50% off_" });
    const seven = await ticketWith({ subject: "Chair 1" });
    expect(await idsOf("search=50%25")).toEqual([percent.id]);
    expect(await idsOf("search=OFF_")).toEqual([percent.id]);
    expect(await idsOf("search=%25")).toEqual([]);
    expect(await idsOf("search=1")).toEqual([seven.id, percent.id]);
    expect(await idsOf("search=%232")).toEqual([seven.id]);
  });

  test("what I follow, and what mentions me", async () => {
    const followed = await ticketWith({});
    const mentioning = await ticketWith({});
    await ticketWith({});
    const { tenantId, conversationId: id, inboxId, contactId } = mentioning;
    const userId = desk.agent.id;
    const note = await buildMessage(
      api.context,
      { tenantId, id, inboxId, contactId },
      { ticketId: mentioning.id, isInternal: true },
    );
    await api.context.database.withSystem(async (tx) => {
      await tx.ticketFollower.create({ data: { tenantId, ticketId: followed.id, userId } });
      await tx.messageMention.create({ data: { tenantId, messageId: note.id, userId } });
    });
    expect(await idsOf("followedBy=me")).toEqual([followed.id]);
    expect(await idsOf("mentioning=me")).toEqual([mentioning.id]);
    const other = await buildUser(api.context, { tenantId });
    expect(await idsOf("followedBy=me", desk.as({ userId: other.id }))).toEqual([]);
  });

  test("what I have not read", async () => {
    const unread = await ticketWith({});
    const read = await ticketWith({});
    await ticketWith({}, { isMuted: true });
    const silent = await ticketWith({}, { lastInboundAt: null });
    await desk.client.post(`/conversations/${read.conversationId}/read`);
    expect(await idsOf("unread=true")).toEqual([unread.id]);
    expect(await idsOf("unread=false")).toEqual(expect.arrayContaining([read.id, silent.id]));
    const other = await buildUser(api.context, { tenantId: desk.tenant.id });
    expect(await idsOf("unread=true", desk.as({ userId: other.id }))).toEqual([read.id, unread.id]);
  });

  test("nobody, where an API key says me", async () => {
    await ticketWith({ assigneeId: desk.agent.id });
    await ticketWith({});
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    const found = await Promise.all(
      ["assigneeId=me", "followedBy=me", ""].map((query) => ask(api, key, { path: `/tickets?${query}` })),
    );
    expect(found.map(({ body }) => body.data.length)).toEqual([0, 0, 2]);
  });

  test("nothing that it cannot be", async () => {
    for (const query of [
      "status=opened",
      "status=",
      "status=open,,closed",
      "assigneeId=nobody",
      "teamId=me",
      "inboxId=1",
      "unread=maybe",
      "followedBy=you",
      "attribute=floor",
      "createdAfter=yesterday",
      "sort=random",
      "tag=",
      "unknown=1",
    ]) {
      const { status, body } = await desk.client.get(`/tickets?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, "validation_failed"]);
    }
  });

  test("one company's tickets only", async () => {
    const other = await openDesk(api);
    const theirs = await buildConversation(api.context, { tenantId: other.tenant.id });
    await buildTicket(api.context, theirs, { tags: ["vip"] });
    expect(await idsOf("tag=vip")).toEqual([]);
    expect(await idsOf(`inboxId=${theirs.inboxId}`)).toEqual([]);
  });
});

describe("GET /tickets sorts", () => {
  test.each(ORDERS)("by %s, and pages hold each ticket once", async (sort, order) => {
    const built = await buildMany();
    for (const filter of ["", "&status=closed,resolved", "&status=resolved"]) {
      const rows = await readAll(desk.client, `/tickets?limit=5&sort=${sort}${filter}`);
      const wanted = built.filter(({ status }) => filter !== "&status=resolved" || status === "RESOLVED");
      expect([filter, rows.map(({ id }) => id)]).toEqual([filter, wanted.toSorted(order).map(({ id }) => id)]);
    }
  });

  test("the newest first unless it is told otherwise", async () => {
    const built = await buildMany();
    expect(await idsOf("")).toEqual(await idsOf("sort=newest"));
    expect(await idsOf("")).toHaveLength(built.length);
  });

  test("pages of one order cannot be read in another of a different key", async () => {
    await buildMany();
    const { body } = await desk.client.get("/tickets?limit=1&sort=newest");
    const answer = await desk.client.get(`/tickets?sort=priority&cursor=${body.page.nextCursor}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "cursor" }] } });
  });
});
