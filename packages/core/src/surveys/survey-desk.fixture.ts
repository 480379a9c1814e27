import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant, buildUser, type BuiltInbox } from "@parley/testing";
import type { MessageStatus, TicketStatus, Tx } from "@parley/db";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { change, deliver, payload, text, wamid, type Value } from "../ingest/webhook.fixture.ts";
import { answerTicket, sendScheduled } from "../messages/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { changeSettings, type SurveySettings } from "../settings/index.ts";
import { changeTicket, wakeSnoozedTicket, type TicketJson } from "../tickets/index.ts";
import { createTimerHandlers, timerQueue, type TimerKind } from "../timers/index.ts";
import { onlyTimers } from "../timers/only-timers.fixture.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { askSurvey, expireSurvey, thankSurvey } from "./index.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const CUSTOMER = "33600000001";

type Survey = Partial<SurveySettings>;

/** A company that asks its customers, and one of its people. */
export interface SurveyDesk {
  ctx: TestContext;
  inbox: BuiltInbox;
  tenantId: string;
  agent: RequestContext;
  /** Replaces the settings of surveys. */
  configure(survey: Survey): Promise<void>;
  /** The customer writes, now; `quoting` is the provider's id of a message. */
  write(body: string, options?: { from?: string; to?: BuiltInbox; quoting?: string; at?: Date }): Promise<void>;
  /** Several messages of customers arrive in one webhook. */
  writeAll(...messages: Value[]): Promise<void>;
  /** Somebody of the company answers the customer's latest ticket, and the answer is sent. */
  answer(from?: string): Promise<void>;
  move(ticket: { id: string }, status: TicketStatus): Promise<TicketJson>;
  /** The customer writes, is answered, and the ticket is resolved. */
  resolved(from?: string, to?: BuiltInbox): Promise<{ id: string }>;
  /** The same, and the question reached the customer a minute ago; `question` is its id at the provider. */
  asked(from?: string): Promise<{ id: string; question: string }>;
  /** Waits until the timer is due and lets it fire, as its worker does. Without such a timer nothing happens. */
  fire(kind: TimerKind, ticket: { id: string }): Promise<void>;
  /** What becomes of the question at the provider. */
  settle(ticket: { id: string }, status: MessageStatus): Promise<string>;
  read<T>(reader: (tx: Tx) => Promise<T>): Promise<T>;
  tickets(): Promise<Awaited<ReturnType<typeof readTickets>>>;
  surveys(): Promise<Awaited<ReturnType<typeof readSurveys>>>;
  /** What the company has said, in its order. */
  said(): Promise<unknown[]>;
  timers(): Promise<string[]>;
  eventTypes(): Promise<string[]>;
}

const readTickets = (tx: Tx) => tx.ticket.findMany({ orderBy: { number: "asc" } });
const readSurveys = (tx: Tx) => tx.satisfactionSurvey.findMany({ orderBy: [{ askedAt: "asc" }, { ticketId: "asc" }] });

/** One context for a file, and a company of its own before each test, which `use` is given. */
export function withSurveyDesk(use: (desk: SurveyDesk) => void): void {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await createTestContext({ queues: [ingestQueue, outboundQueue, timerQueue] });
  });
  beforeEach(async () => use(await openSurveyDesk(ctx)));
  afterAll(() => ctx.close());
}

async function openSurveyDesk(ctx: TestContext): Promise<SurveyDesk> {
  const { id: tenantId } = await buildTenant(ctx);
  const inbox = await buildInbox(ctx, { tenantId });
  const { id: userId } = await buildUser(ctx, { tenantId });
  const agent = actingAs(ctx, { userId, tenantId });
  const admin = actingAs(ctx, { userId, tenantId, role: "ADMIN" });
  const handlers = {
    wake_ticket: wakeSnoozedTicket,
    send_scheduled: sendScheduled,
    ask_survey: askSurvey,
    expire_survey: expireSurvey,
    thank_survey: thankSurvey,
  };
  const timers = createTimerHandlers(ctx, onlyTimers(handlers));
  const read = <T>(reader: (tx: Tx) => Promise<T>) => ctx.database.withTenant(tenantId, reader);

  const latestOf = (from: string) =>
    read((tx) =>
      tx.ticket.findFirstOrThrow({
        where: { contact: { identifiers: { some: { value: `+${from}` } } } },
        orderBy: { number: "desc" },
      }),
    );

  const desk: SurveyDesk = {
    ctx,
    inbox,
    tenantId,
    agent,
    async configure(survey) {
      await changeSettings(admin, { survey: { ...SURVEY, ...survey } });
    },
    async write(body, { from = CUSTOMER, to = inbox, quoting, at = ctx.clock.now() } = {}) {
      const message = { ...text(from, { body, at }), ...(quoting === undefined ? {} : { context: { id: quoting } }) };
      await deliver(ctx, payload(change(to.externalId ?? "", { messages: [message] })));
    },
    writeAll: (...messages) => deliver(ctx, payload(change(inbox.externalId ?? "", { messages }))),
    async answer(from = CUSTOMER) {
      const { id: ticketId } = await latestOf(from);
      const { id } = await answerTicket(agent, { ticketId, body: "It is on its way.", isInternal: false });
      await read((tx) => tx.message.updateMany({ where: { id }, data: { status: "SENT", externalId: wamid() } }));
    },
    move: (ticket, status) => changeTicket(agent, { id: ticket.id, status }),
    async resolved(from = CUSTOMER, to = inbox) {
      await desk.write("Where is my order?", { from, to });
      await desk.answer(from);
      return desk.move(await latestOf(from), "RESOLVED");
    },
    async asked(from = CUSTOMER) {
      const { id } = await desk.resolved(from);
      await desk.fire("ask_survey", { id });
      const question = await desk.settle({ id }, "DELIVERED");
      // Webhooks have whole seconds.
      ctx.clock.advance(MINUTE_MS);
      return { id, question };
    },
    async fire(kind, { id: subjectId }) {
      const timer = await read((tx) => tx.timer.findFirst({ where: { kind, subjectId } }));
      if (!timer) return;
      if (timer.dueAt > ctx.clock.now()) ctx.clock.set(timer.dueAt);
      await timers.fire_timer({ tenantId, kind, subjectId, dueAt: timer.dueAt.getTime() });
    },
    async settle({ id: ticketId }, status) {
      const externalId = wamid();
      await read(async (tx) => {
        const { messageId: id } = await tx.satisfactionSurvey.findFirstOrThrow({ where: { ticketId } });
        await tx.message.update({ where: { tenantId_id: { tenantId, id } }, data: { status, externalId } });
      });
      return externalId;
    },
    read,
    tickets: () => read(readTickets),
    surveys: () => read(readSurveys),
    async said() {
      const messages = await read((tx) =>
        tx.message.findMany({ where: { direction: "OUTBOUND" }, orderBy: [{ occurredAt: "asc" }, { id: "asc" }] }),
      );
      return messages.map(({ content }) => (content as { text: string }).text);
    },
    async timers() {
      return (await read((tx) => tx.timer.findMany({ orderBy: { kind: "asc" } }))).map(({ kind }) => kind);
    },
    async eventTypes() {
      return (await read((tx) => tx.event.findMany({ orderBy: { seq: "asc" } }))).map(({ type }) => type);
    },
  };
  await desk.configure({});
  return desk;
}

const SURVEY: SurveySettings = {
  isEnabled: true,
  question: "How satisfied are you, from 1 to 5?",
  thanks: null,
  translations: {},
  delayMinutes: 5,
  expiresAfterHours: 48,
};
