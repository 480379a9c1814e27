import { publishEvents } from "@parley/core/events";
import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, buildUser, waitUntil } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let contactId: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(() => {
  contactId = newId();
});

const publish = (...types: ("CONTACT_CREATED" | "MESSAGE_RECEIVED" | "INBOX_PAUSED")[]) =>
  api.context.database.withSystem((tx) =>
    publishEvents(
      api.context,
      tx,
      types.map((type) => ({ tenantId: desk.tenant.id, type, actorType: "SYSTEM", contactId })),
    ),
  );

const ask = async (query = "") => (await desk.client.get(`/events?${query}`)).body;
const typesIn = ({ data }: { data: { type: string }[] }): string[] => data.map(({ type }) => type);

/** Another suite's transaction on the same server may still hold events back. */
const seen = (count: number, query = "") =>
  waitUntil(async () => (await ask(query)).data.length === count, `${count} events are to be seen`);

describe("the log", () => {
  test("is told oldest first, in pages, and nothing of another company", async () => {
    const other = await openDesk(api);
    await publish("CONTACT_CREATED", "MESSAGE_RECEIVED");
    await api.context.database.withSystem((tx) =>
      publishEvents(api.context, tx, [{ tenantId: other.tenant.id, type: "INBOX_PAUSED", actorType: "SYSTEM" }]),
    );
    await publish("INBOX_PAUSED");
    await seen(3);
    const [first] = (await ask("limit=1")).data;
    expect(first).toEqual({
      id: expect.stringMatching(/^\d+$/),
      type: "contact_created",
      actorType: "system",
      actorId: null,
      summary: "The system added the contact",
      contactId,
      conversationId: null,
      ticketId: null,
      messageId: null,
      data: {},
      createdAt: expect.any(String),
    });
    const rows = (await readAll(desk.client, "/events?limit=1")) as unknown as { type: string }[];
    expect(typesIn({ data: rows })).toEqual(["contact_created", "message_received", "inbox_paused"]);
  });

  test("is caught up with from where one has got to, again and again", async () => {
    expect((await ask()).page).toEqual({ nextCursor: null, endCursor: null });
    await publish("CONTACT_CREATED");
    await seen(1);
    const { page } = await ask();
    expect(page).toEqual({ nextCursor: null, endCursor: expect.any(String) });
    expect(await ask(`since=${page.endCursor}`)).toEqual({ data: [], page });
    await publish("MESSAGE_RECEIVED", "INBOX_PAUSED");
    await seen(2, `since=${page.endCursor}`);
    const next = await ask(`since=${page.endCursor}&limit=1`);
    expect([typesIn(next), next.page.nextCursor]).toEqual([["message_received"], next.page.endCursor]);
    const last = await ask(`since=${next.page.endCursor}`);
    expect([typesIn(last), last.page.nextCursor]).toEqual([["inbox_paused"], null]);
  });

  test("is filtered by type, of whichever spelling", async () => {
    await publish("CONTACT_CREATED", "MESSAGE_RECEIVED", "MESSAGE_RECEIVED");
    await seen(3);
    expect(typesIn(await ask("type=message_received"))).toEqual(["message_received", "message_received"]);
    expect(typesIn(await ask("type=CONTACT_CREATED"))).toEqual(["contact_created"]);
    const { page } = await ask("type=message_received&limit=1");
    expect(typesIn(await ask(`type=message_received&cursor=${page.nextCursor}`))).toEqual(["message_received"]);
  });

  test.each(["type=praised", "since=x", "cursor=x", "limit=0", "since=WyIxIiwiMSJd&cursor=WyIxIiwiMSJd", "until=1"])(
    "is refused for ?%s",
    async (query) => {
      expect((await desk.client.get(`/events?${query}`)).status).toBe(400);
    },
  );
});

describe("who is named in a summary", () => {
  test("is looked up as they are called now; who has left is a former member", async () => {
    const conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
    const ticket = await buildTicket(api.context, conversation);
    const stays = await buildUser(api.context, { tenantId: desk.tenant.id, fullName: "Agent Two" });
    const leaves = await buildUser(api.context, { tenantId: desk.tenant.id, fullName: "Agent Three" });
    const teamId = newId();
    await api.context.database.withSystem(async (tx) => {
      await tx.user.update({ where: { id: desk.agent.id }, data: { fullName: "Agent One" } });
      await tx.team.create({ data: { tenantId: desk.tenant.id, id: teamId, name: "Returns" } });
    });
    const path = `/tickets/${ticket.id}`;
    await desk.client.post(`${path}/assign`, { userId: leaves.id });
    await desk.client.post(`${path}/assign`, { userId: stays.id, teamId });
    await desk.as({ userId: leaves.id }).patch(path, { priority: "high" });
    await api.context.database.withSystem((tx) => tx.membership.deleteMany({ where: { userId: leaves.id } }));
    const summaries = async (): Promise<string[]> =>
      (await desk.client.get(`${path}/events`)).body.data.map(({ summary }: { summary: string }) => summary);
    await waitUntil(async () => (await summaries()).length === 3, "every older transaction has ended");
    expect(await summaries()).toEqual([
      "Agent One gave the ticket to a former member",
      "Agent One gave the ticket to Agent Two and gave it to the team Returns",
      "A former member changed the priority from normal to high",
    ]);
  });
});
