import {
  buildContact,
  buildConversation,
  buildInbox,
  buildMessage,
  buildTicket,
  type BuiltConversation,
  type BuiltTicket,
} from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let conversation: BuiltConversation;
let ticket: BuiltTicket;
let teamId: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

const PHONE = "+4915112345678";

/** A conversation with a ticket, which somebody and their team have, with a question and its answer. */
beforeEach(async () => {
  const { id: tenantId } = desk.tenant;
  const { id: assigneeId } = desk.agent;
  ({ id: teamId } = (await desk.admin.post("/teams", { name: "Returns" })).body.data);
  const { id: inboxId } = await buildInbox(api.context, { tenantId, name: "Shop", channel: "WHATSAPP" });
  const identifiers = [{ type: "WHATSAPP" as const, value: PHONE, isPrimary: true }];
  const { id: contactId } = await buildContact(api.context, { tenantId, name: "Customer Two", identifiers });
  conversation = await buildConversation(api.context, { tenantId, inboxId, contactId, assigneeId, teamId });
  ticket = await buildTicket(api.context, conversation, { assigneeId, teamId, priority: "HIGH" });
  const ofTicket = { ticketId: ticket.id };
  await buildMessage(api.context, conversation, { ...ofTicket, content: { text: "Where is it?" } });
  await buildMessage(api.context, conversation, { ...ofTicket, direction: "OUTBOUND", senderId: assigneeId });
});

const lists = (): Record<string, string> => ({
  conversations: "/conversations",
  messages: "/messages",
  "messages of a conversation": `/conversations/${conversation.id}/messages`,
  "messages of a ticket": `/tickets/${ticket.id}/messages`,
  tickets: "/tickets",
});
const pathOf = (name: string): string => lists()[name] ?? "";
const list = async (path: string) => (await desk.client.get(path)).body.data;

const NAMES = ["conversations", "messages", "messages of a conversation", "messages of a ticket", "tickets"];

describe.each(NAMES)("a list of %s", (name) => {
  test("answers the fields that are asked for, and the id", async () => {
    const all = await list(pathOf(name));
    expect(all).not.toEqual([]);
    const some = all.map(({ id, status, createdAt }: Record<string, unknown>) => ({ id, status, createdAt }));
    expect(await list(`${pathOf(name)}?fields=createdAt,%20status`)).toEqual(some);
    expect(await list(`${pathOf(name)}?fields=id,status,createdAt`)).toEqual(some);
  });

  test("names the fields that it has to whoever asks for others", async () => {
    const { status, body } = await desk.client.get(`${pathOf(name)}?fields=id,secret`);
    expect([status, body.errors]).toEqual([400, [{ path: "fields.1", message: expect.stringContaining("createdAt") }]]);
    for (const query of ["fields=", "include=", "include=secret"]) {
      expect([query, (await desk.client.get(`${pathOf(name)}?${query}`)).status]).toEqual([query, 400]);
    }
  });

  test("has nothing included unless it is asked for", async () => {
    const [item] = await list(pathOf(name));
    const included = ["assignee", "team", "inbox", "tickets", "sender", "ticket"];
    expect(Object.keys(item).filter((field) => included.includes(field))).toEqual([]);
  });
});

const contact = () => ({
  id: conversation.contactId,
  name: "Customer Two",
  isBlocked: false,
  identifiers: [{ type: "whatsapp", value: PHONE, isPrimary: true }],
});
const assignee = () => ({ id: desk.agent.id, fullName: desk.agent.fullName });
const team = () => ({ id: teamId, name: "Returns" });
const inbox = () => ({ id: conversation.inboxId, name: "Shop", channel: "whatsapp" });
const inWork = () => ({
  id: ticket.id,
  number: Number(ticket.number),
  status: "open",
  priority: "high",
  subject: ticket.subject,
});

describe("what stands behind the ids", () => {
  test("is included in tickets", async () => {
    expect(await list("/tickets?fields=number&include=contact,assignee,team,inbox")).toEqual([
      {
        id: ticket.id,
        number: Number(ticket.number),
        contact: contact(),
        assignee: assignee(),
        team: team(),
        inbox: inbox(),
      },
    ]);
    expect(await list("/tickets?include=team")).toMatchObject([{ subject: ticket.subject, team: team() }]);
  });

  test("is included in conversations, with the tickets that are in work", async () => {
    await buildTicket(api.context, conversation, { status: "CLOSED", resolvedAt: new Date() });
    const { tenantId } = conversation;
    const other = await buildConversation(api.context, { tenantId, lastMessageAt: new Date(0) });
    expect(await list("/conversations?fields=id&include=assignee,team,inbox,tickets")).toEqual([
      { id: conversation.id, assignee: assignee(), team: team(), inbox: inbox(), tickets: [inWork()] },
      { id: other.id, assignee: null, team: null, inbox: expect.objectContaining({ id: other.inboxId }), tickets: [] },
    ]);
  });

  test.each(["messages", "messages of a conversation", "messages of a ticket"])("is included in %s", async (name) => {
    const messages = await list(`${pathOf(name)}?fields=direction&include=sender,contact,ticket`);
    const question = { direction: "inbound", sender: { id: conversation.contactId, name: "Customer Two" } };
    const answer = { direction: "outbound", sender: { id: desk.agent.id, name: desk.agent.fullName } };
    const shared = { id: expect.any(String), contact: contact(), ticket: inWork() };
    const inOrder = name === "messages" ? [answer, question] : [question, answer];
    expect(messages).toEqual(inOrder.map((message) => ({ ...message, ...shared })));
  });

  test("is nothing of another company's", async () => {
    const stranger = await openDesk(api);
    await buildConversation(api.context, { tenantId: stranger.tenant.id });
    const seen = JSON.stringify((await stranger.client.get("/conversations?include=assignee,team,inbox,tickets")).body);
    for (const secret of [conversation.id, ticket.id, teamId, desk.agent.id]) expect(seen).not.toContain(secret);
  });

  test("is for those who may read it where it is at home", async () => {
    const { key } = (await desk.admin.post("/api-keys", { name: "Board", scopes: ["tickets.read", "teams.read"] })).body
      .data;
    const statusOf = async (include: string): Promise<number> => {
      const url = `/api/v1/tickets?include=${include}`;
      return (await api.app.inject({ method: "GET", url, headers: { "x-api-key": key } })).statusCode;
    };
    expect([await statusOf("team"), await statusOf("team,contact"), await statusOf("assignee")]).toEqual([
      200, 403, 403,
    ]);
  });

  test("is null of a member who has left", async () => {
    await desk.admin.delete(`/users/${desk.agent.id}`);
    const [item] = (await desk.admin.get("/messages?direction=outbound&include=sender")).body.data;
    expect(item).toMatchObject({ senderId: desk.agent.id, sender: null });
  });

  test("is included in found messages, too", async () => {
    await desk.client.post(`/conversations/${conversation.id}/messages`, { type: "text", text: "The kettle is lost" });
    expect(await list("/messages?search=kettles&fields=id&include=ticket")).toEqual([
      { id: expect.any(String), ticket: inWork() },
    ]);
  });
});
