import type { Prisma } from "@parley/db";
import {
  buildConversation,
  buildMessage,
  buildTenant,
  buildTicket,
  type BuiltConversation,
  type BuiltTicket,
} from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readAiSettingsOf, type AiSettings } from "../language-models/index.ts";
import { openModelDesk, type ModelDesk } from "../language-models/models.fixture.ts";
import type { MessageUnderstanding } from "./message-understanding.ts";
import { understandArrivals, type ArrivedMessage } from "./understand-arrivals.ts";

const ANGRY = "My order 402-1234567-1234567 arrived broken, this is terrible! I am furious, I want a refund now!";
const PLEASED = "Thank you so much, everything is perfect, you are wonderful!";

let desk: ModelDesk;
let tenantId: string;
let conversation: BuiltConversation;
let ticket: BuiltTicket;

beforeAll(async () => {
  desk = await openModelDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  desk.simulator.reset();
  tenantId = (await buildTenant(desk.ctx)).id;
  conversation = await buildConversation(desk.ctx, { tenantId });
  ticket = await buildTicket(desk.ctx, conversation);
});

const LOCALLY = { provider: null, model: null, baseUrl: null, sealedApiKey: null } as const;
const configure = (settings: Partial<Prisma.AiSettingsUncheckedCreateInput>) =>
  desk.configure(tenantId, { ...LOCALLY, ...settings });

async function arrive(text: string, at = new Date(), of = { conversation, ticket }): Promise<ArrivedMessage> {
  const content = { text };
  const { id: messageId } = await buildMessage(desk.ctx, of.conversation, {
    ticketId: of.ticket.id,
    content,
    occurredAt: at,
  });
  return { tenantId: of.conversation.tenantId, messageId, ticketId: of.ticket.id, text, channel: "WHATSAPP" };
}

async function understandAll(...messages: ArrivedMessage[]): Promise<Map<string, MessageUnderstanding>> {
  const settings = await readAiSettingsOf(desk.ctx.database.system, [
    ...new Set(messages.map((each) => each.tenantId)),
  ]);
  const settingsOf = (id: string): AiSettings => {
    const found = settings.get(id);
    if (!found) throw new Error(`no settings of ${id} were read`);
    return found;
  };
  return understandArrivals(desk.ctx, messages, settingsOf);
}

const stored = () =>
  desk.ctx.database.withTenant(tenantId, (tx) => tx.messageUnderstanding.findMany({ orderBy: { messageId: "asc" } }));
const current = () =>
  desk.ctx.database.withTenant(tenantId, async (tx) => ({
    ...(await tx.ticket.findFirstOrThrow({ where: { id: ticket.id } })),
    events: await tx.event.findMany({ where: { ticketId: ticket.id }, orderBy: { seq: "asc" } }),
  }));

describe("messages that arrive", () => {
  test("are understood and stored, of several companies at once", async () => {
    const theirs = await buildConversation(desk.ctx, { tenantId: (await buildTenant(desk.ctx)).id });
    const theirTicket = await buildTicket(desk.ctx, theirs);
    const messages = [
      await arrive(ANGRY),
      await arrive("Où est ma commande ?"),
      await arrive(PLEASED, new Date(), { conversation: theirs, ticket: theirTicket }),
    ];
    const understood = await understandAll(...messages);
    const [angry, asking, pleased] = messages.map(({ messageId }) => understood.get(messageId));
    expect(angry).toMatchObject({ language: "en", sentiment: "negative", source: "local", wantsHuman: false });
    expect(angry?.entities).toContainEqual(
      expect.objectContaining({ type: "order_number", value: "402-1234567-1234567" }),
    );
    expect(asking).toMatchObject({ language: "fr" });
    expect(pleased).toMatchObject({ sentiment: "positive", intent: "thanks" });
    expect(await stored()).toHaveLength(2);
    expect((await current()).sentiment).toBeNull();
  });

  test("are understood once: what is stored stays", async () => {
    const message = await arrive(ANGRY);
    const first = await understandAll(message);
    const again = await understandAll({ ...message, text: PLEASED });
    expect(again).toEqual(first);
    const both = await Promise.all([understandAll(await arrive("Hello there")), understandAll(message)]);
    expect(both[1]).toEqual(first);
  });

  test("are left alone where the company wants that, and where there is nothing to understand", async () => {
    expect(await understandAll(await arrive("  "))).toEqual(new Map());
    await configure({ understanding: "OFF" });
    expect(await understandAll(await arrive(ANGRY))).toEqual(new Map());
    expect(await stored()).toEqual([]);
  });

  test("a thousand of them are stored with one statement", async () => {
    await desk.ctx.database.withSystem(
      (tx) => tx.$executeRaw`
        insert into message (tenant_id, id, conversation_id, ticket_id, inbox_id, direction, type, status, sender_type,
                             content, occurred_at)
        select m.tenant_id, gen_random_uuid(), m.conversation_id, m.ticket_id, m.inbox_id, 'INBOUND', 'text', 'RECEIVED',
               'CONTACT', jsonb_build_object('text', 'Where is parcel ' || n), now()
          from conversation c cross join generate_series(1, 1000) n
          cross join lateral (select c.tenant_id, c.id as conversation_id, ${ticket.id}::uuid as ticket_id, c.inbox_id) m
         where c.tenant_id = ${tenantId}::uuid and c.id = ${conversation.id}::uuid`,
    );
    const rows = await desk.ctx.database.withTenant(tenantId, (tx) => tx.message.findMany({ select: { id: true } }));
    const messages = rows.map(({ id }) => ({
      tenantId,
      messageId: id,
      ticketId: ticket.id,
      text: "Where is it?",
      channel: "",
    }));
    expect((await understandAll(...messages)).size).toBe(1_000);
    expect(await stored()).toHaveLength(1_000);
  });
});

describe("tickets", () => {
  beforeEach(() => configure({ fillsTickets: true }));

  test("are filled with what was understood, in the name of the machine", async () => {
    await understandAll(await arrive(ANGRY));
    const { sentiment, category, orderRef, version, events } = await current();
    expect({ sentiment, orderRef }).toEqual({ sentiment: "negative", orderRef: "402-1234567-1234567" });
    expect(["order_issue", "return_request", "complaint"]).toContain(category);
    expect(version).toBe(ticket.version + 1);
    expect(events).toMatchObject([
      {
        type: "TICKET_CHANGED",
        actorType: "AI",
        data: { changed: ["category", "sentiment", "orderRef"], because: "understood" },
      },
    ]);
  });

  test("keep category and order that they have, and take the sentiment of what was written last", async () => {
    const given = { category: "returns", orderRef: "4711" };
    await desk.ctx.database.withSystem((tx) => tx.ticket.updateMany({ where: { id: ticket.id }, data: given }));
    await understandAll(await arrive(ANGRY, new Date("2026-01-01T10:00:00Z")));
    expect(await current()).toMatchObject({ ...given, sentiment: "negative" });
    await understandAll(await arrive(PLEASED, new Date("2026-01-01T11:00:00Z")));
    expect(await current()).toMatchObject({ ...given, sentiment: "positive" });
  });

  test("are filled once by each message, whatever comes again or late", async () => {
    const first = await arrive(ANGRY, new Date("2026-01-01T10:00:00Z"));
    const second = await arrive(PLEASED, new Date("2026-01-01T11:00:00Z"));
    await understandAll(second);
    await understandAll(first);
    const filled = await current();
    expect(filled.sentiment).toBe("positive");
    await desk.ctx.database.withSystem((tx) =>
      tx.ticket.updateMany({ where: { id: ticket.id }, data: { sentiment: "neutral", category: null } }),
    );
    await understandAll(first, second);
    expect(await current()).toMatchObject({ sentiment: "neutral", category: null, version: filled.version });
  });

  test("are filled by two workers at the same time as by one", async () => {
    const messages = [await arrive(ANGRY), await arrive("It is order 402-7654321-7654321, and I wait for an answer.")];
    await Promise.all([understandAll(...messages), understandAll(...messages.toReversed())]);
    const { orderRef, version } = await current();
    expect(["402-1234567-1234567", "402-7654321-7654321"]).toContain(orderRef);
    expect(version).toBeLessThanOrEqual(ticket.version + 2);
    expect(await stored()).toHaveLength(2);
  });

  test("that were merged meanwhile are left as they are", async () => {
    const target = await buildTicket(desk.ctx, await buildConversation(desk.ctx, { tenantId }));
    const message = await arrive(ANGRY);
    await desk.ctx.database.withSystem((tx) =>
      tx.ticket.updateMany({
        where: { id: ticket.id },
        data: { status: "CLOSED", mergedIntoId: target.id, resolvedAt: new Date() },
      }),
    );
    expect((await understandAll(message)).size).toBe(1);
    expect(await current()).toMatchObject({ sentiment: null, events: [] });
  });
});

describe("where the company lets a model understand", () => {
  beforeEach(() => desk.configure(tenantId, { understanding: "MODEL" }));

  const answer = {
    language: "en",
    sentiment: "positive",
    sentimentScore: 0.9,
    intent: "invoice",
    intentConfidence: 0.8,
    urgency: "low",
    urgencyScore: 0.1,
    wantsHuman: false,
    orderNumbers: [],
    trackingNumbers: [],
  };

  test("it is the model's word that is stored, with what was found locally", async () => {
    desk.simulator.models.setScript({ answers: [{ answer }] });
    const message = await arrive(ANGRY);
    const understood = (await understandAll(message)).get(message.messageId);
    expect(understood).toMatchObject({ intent: "invoice", sentiment: "positive", source: "simulated" });
    expect(understood?.entities).toContainEqual(expect.objectContaining({ type: "order_number" }));
    expect(await stored()).toMatchObject([{ intent: "invoice", source: "simulated" }]);
    await understandAll(message);
    expect(desk.simulator.models.ledger.calls).toHaveLength(1);
  });

  test.each([{ status500: 1 }, { malformed: 1 }, { refusing: 1 }, { hang: 1 }])(
    "what is understood locally takes its place when %j befalls it",
    async (faults) => {
      desk.simulator.models.setFaults(faults);
      const message = await arrive(ANGRY);
      const understood = await understandAll(message);
      expect(understood.get(message.messageId)).toMatchObject({ sentiment: "negative", source: "local" });
      const ledger = await desk.ctx.database.withTenant(tenantId, (tx) => tx.aiModelCall.findMany());
      expect(ledger).toMatchObject([{ task: "understand", outcome: "FAILED", messageId: message.messageId }]);
    },
  );
});
