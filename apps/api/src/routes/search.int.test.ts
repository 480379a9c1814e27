import { buildContact, buildConversation, buildMessage, buildTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;
openDeskForEachTest((opened) => ({ api, desk, admin } = opened));

let found: { contact: string; conversation: string; message: string; ticket: string };

beforeEach(async () => {
  const { context } = api;
  const tenantId = desk.tenant.id;
  const { id: contact } = await buildContact(context, { tenantId, name: "Zoë Lampmaker" });
  const conversation = await buildConversation(context, { tenantId, contactId: contact });
  const { id: ticket } = await buildTicket(context, conversation, { subject: "Lampmaker", orderRef: "FR-4711" });
  const { id: message } = await buildMessage(context, conversation, { content: { text: "Lampmaker says hello" } });
  found = { contact, conversation: conversation.id, message, ticket };
});

const ask = (q: string, query = "") => desk.client.get(`/search?q=${encodeURIComponent(q)}${query}`);

async function typesOf(query: string): Promise<string[]> {
  return (await ask("lampmaker", query)).body.data.map(({ type }: { type: string }) => type);
}

describe("GET /search", () => {
  test("finds contacts, conversations, messages and tickets, with what was found in them", async () => {
    const { status, body } = await ask("lampmaker");
    expect(status).toBe(200);
    expect(Object.fromEntries(body.data.map(({ type, id }: { type: string; id: string }) => [type, id]))).toEqual(
      found,
    );
    for (const { title, snippet } of body.data) {
      const [mark] = snippet.marks;
      expect(snippet.text.slice(mark.start, mark.end)).toBe("Lampmaker");
      expect(["Zoë Lampmaker", "Lampmaker"]).toContain(title);
    }
    expect(body.searched).toEqual({ isComplete: true, newest: 200 });
    const [exact] = (await ask("fr-4711")).body.data;
    expect(exact).toMatchObject({ type: "ticket", id: found.ticket, matchedBy: "exact" });
  });

  test("shows each once, whatever the pages are of", async () => {
    const all = (await readAll(desk.client, "/search?q=lampmaker&limit=1")).map(({ id }) => id);
    expect(all).toHaveLength(4);
    expect(new Set(all)).toEqual(new Set(Object.values(found)));
  });

  test("combines filters, and says which it does not know", async () => {
    expect((await typesOf("&status=open")).toSorted()).toEqual(["conversation", "ticket"]);
    expect(await typesOf("&type=ticket&channel=whatsapp&assigneeId=none")).toEqual(["ticket"]);
    expect(await typesOf("&until=2020-01-01T00:00:00Z")).toEqual([]);
    for (const query of ["&type=planet", "&colour=red", "&cursor=x", "&limit=0", "&since=yesterday"]) {
      expect((await ask("lampmaker", query)).status).toBe(400);
    }
  });

  test("finds nothing of another company", async () => {
    const theirs = await openDesk(api);
    for (const q of ["lampmaker", "FR-4711", "lampmakr", "#1"]) {
      const { body } = await theirs.client.get(`/search?q=${encodeURIComponent(q)}`);
      expect(body.data).toEqual([]);
    }
  });

  test("looks through what a program may read, and refuses the rest", async () => {
    const scopes = ["search.use", "tickets.read"];
    const { body } = await admin.post("/api-keys", { name: "Desk", scopes });
    const asked = (query: string) =>
      api.app.inject({ url: `/api/v1/search?q=lampmaker${query}`, headers: { "x-api-key": body.data.key } });
    expect((await asked("")).json().data).toMatchObject([{ type: "ticket", id: found.ticket }]);
    expect((await asked("&type=message")).statusCode).toBe(403);
  });
});

const ODD = [
  "!!! & | ( ) <-> :* ' \\ \"",
  "-lampmaker",
  "or or or",
  "%_%\\",
  "🙂🙂 👩‍👩‍👧",
  "\u202E\u200B\uFEFF",
  "'); drop table message; --",
  "{{7*7}} <script>",
  "a ".repeat(100),
  "ﷺ".repeat(200),
];
const REFUSED = ["", "   ", "a\0b", "two\nlines", "x".repeat(201), "lamp ".repeat(2_000)];

describe("whatever is typed", () => {
  test.each(["/search?q=", "/contacts?search=", "/conversations?search=", "/messages?search=", "/tickets?search="])(
    "is answered, or refused as no line of text: %s",
    async (path) => {
      for (const typed of ODD) {
        const { status, body } = await desk.client.get(`${path}${encodeURIComponent(typed)}`);
        expect([typed, status, Array.isArray(body.data)]).toEqual([typed, 200, true]);
      }
      for (const typed of REFUSED) {
        const { status, body } = await desk.client.get(`${path}${encodeURIComponent(typed)}`);
        expect([typed.slice(0, 20), status, body.code]).toEqual([typed.slice(0, 20), 400, "validation_failed"]);
      }
    },
  );
});
