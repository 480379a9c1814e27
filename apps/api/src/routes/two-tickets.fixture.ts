import {
  buildConversation,
  buildMessage,
  buildTicket,
  type BuiltConversation,
  type BuiltMessage,
  type BuiltTicket,
} from "@parley/testing";
import { beforeEach } from "vitest";
import { openDeskForEachTest, readAll, type Opened } from "./desk.fixture.ts";

/** Two customers, each with a conversation and a ticket: `ticket` is here, `other` there. */
interface TwoTickets extends Opened {
  here: BuiltConversation;
  there: BuiltConversation;
  ticket: BuiltTicket;
  other: BuiltTicket;
}

/** Of a ticket that has ended. */
export const resolved = { status: "RESOLVED", resolvedAt: new Date() } as const;

/** Opens them before each test. Returns what the desk's agent does with tickets, and what is to be seen of them. */
export function openTwoTicketsForEachTest(use: (opened: TwoTickets) => void) {
  let opened: Opened;
  openDeskForEachTest((each) => (opened = each));

  const newConversation = (): Promise<BuiltConversation> =>
    buildConversation(opened.api.context, { tenantId: opened.desk.tenant.id });

  beforeEach(async () => {
    const { context } = opened.api;
    const here = await newConversation();
    const there = await newConversation();
    const ticket = await buildTicket(context, here, { subject: "Lamp" });
    use({ ...opened, here, there, ticket, other: await buildTicket(context, there, { subject: "Shade" }) });
  });

  return {
    newConversation,
    said: (conversation: BuiltConversation, { id: ticketId }: { id: string }, second: number): Promise<BuiltMessage> =>
      buildMessage(opened.api.context, conversation, {
        ticketId,
        occurredAt: new Date(second * 1_000),
        content: { text: `Said at ${second}` },
      }),
    merge: (id: string, intoTicketId: string) => opened.desk.client.post(`/tickets/${id}/merge`, { intoTicketId }),
    split: (id: string, messageIds: string[], subject?: string) =>
      opened.desk.client.post(`/tickets/${id}/split`, { messageIds, ...(subject !== undefined && { subject }) }),
    shown: async (id: string) => (await opened.desk.client.get(`/tickets/${id}`)).body.data,
    shownConversation: async ({ id }: { id: string }) =>
      (await opened.desk.client.get(`/conversations/${id}`)).body.data,
    eventsOf: (ticketId: string) =>
      opened.api.context.database.withSystem(async (tx) => {
        const rows = await tx.event.findMany({ where: { ticketId }, orderBy: { seq: "asc" } });
        return rows.map(({ type, data }) => [type, data]);
      }),
    messagesOf: async (id: string) =>
      (await readAll(opened.desk.client, `/tickets/${id}/messages?limit=1`)).map((message) => message.id),
    linksOf: async (id: string): Promise<string[]> =>
      (await readAll(opened.desk.client, `/tickets/${id}/links?limit=1`)).map((link) => link.id),
  };
}
