import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildContact, buildConversation, buildMessage, buildTicket } from "@parley/testing";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listContacts, listContactsQuery } from "../contacts/index.ts";
import { listConversations, listConversationsQuery } from "../conversations/index.ts";
import {
  listConversationMessages,
  listMessages,
  listMessagesQuery,
  listThreadQuery,
  listTicketMessages,
} from "../messages/index.ts";
import type { Page } from "../paging/index.ts";
import { listTickets, listTicketsQuery } from "../tickets/index.ts";
import { openSearchDesk, type SearchDesk } from "./search-desk.fixture.ts";

let context: TestContext;
let desk: SearchDesk;

beforeAll(async () => {
  context = await createTestContext();
});
beforeEach(async () => {
  desk = await openSearchDesk(context);
});
afterAll(() => context.close());

const COUNT = 12;

/** The same moment for several, as when a provider sends many at once. */
function sharedTime(index: number): Date {
  return new Date(Date.UTC(2026, 0, 1, 0, Math.floor(index / 4)));
}

interface List {
  /** Writes another row, and returns its id. */
  write(index: number): Promise<string>;
  read(page: { limit: number; cursor?: string }): Promise<Page<{ id: string }>>;
}

const LISTS: Record<string, () => List | Promise<List>> = {
  contacts: () => ({
    write: async () => (await buildContact(context, { tenantId: desk.tenantId })).id,
    read: (page) => listContacts(desk.ctx, listContactsQuery.parse(page)),
  }),
  conversations: () => ({
    write: async (index) =>
      (await buildConversation(context, { tenantId: desk.tenantId, lastMessageAt: sharedTime(index) })).id,
    read: (page) => listConversations(desk.ctx, listConversationsQuery.parse(page)),
  }),
  messages: () => ({
    write: (index) => desk.say(`Message ${index}`, { occurredAt: sharedTime(index) }),
    read: (page) => listMessages(desk.ctx, listMessagesQuery.parse(page)),
  }),
  "messages of a conversation": () => ({
    write: async (index) => (await buildMessage(context, desk.conversation, { occurredAt: sharedTime(index) })).id,
    read: (page) =>
      listConversationMessages(desk.ctx, { ...listThreadQuery.parse(page), conversationId: desk.conversation.id }),
  }),
  "messages of a ticket": async () => {
    const { id: ticketId } = await buildTicket(context, desk.conversation);
    return {
      write: async (index) =>
        (await buildMessage(context, desk.conversation, { ticketId, occurredAt: sharedTime(index) })).id,
      read: (page) => listTicketMessages(desk.ctx, { ...listThreadQuery.parse(page), ticketId }),
    };
  },
  "found messages": () => ({
    write: (index) => desk.say(`A lamp ${index}`, { occurredAt: sharedTime(index) }),
    read: (page) => listMessages(desk.ctx, listMessagesQuery.parse({ ...page, search: "lamps" })),
  }),
  tickets: () => ({
    async write(index) {
      const conversation = await buildConversation(context, { tenantId: desk.tenantId });
      return (await buildTicket(context, conversation, { createdAt: sharedTime(index) })).id;
    },
    read: (page) => listTickets(desk.ctx, listTicketsQuery.parse(page)),
  }),
};

describe.each(Object.keys(LISTS))("pages of %s", (name) => {
  test("show each row that was there once, however many are written meanwhile", async () => {
    const list = await LISTS[name]?.();
    if (!list) throw new Error("there is no such list");
    const there: string[] = [];
    for (let index = 0; index < COUNT; index += 1) there.push(await list.write(index));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        // When each of what comes in has happened, among those that are there and behind them.
        fc.array(fc.nat({ max: 2 * COUNT }), { maxLength: 6 }),
        async (limit, late) => {
          const coming = late.values();
          const shown: string[] = [];
          let cursor: string | undefined;
          do {
            const { data, page } = await list.read({ limit, ...(cursor !== undefined && { cursor }) });
            shown.push(...data.map(({ id }) => id));
            cursor = page.nextCursor ?? undefined;
            const next = coming.next();
            if (!next.done) await list.write(next.value);
          } while (cursor !== undefined);
          expect(new Set(shown).size).toBe(shown.length);
          expect(there.filter((id) => !shown.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  });
});
