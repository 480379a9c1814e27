import type { Tx } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { change, deliver, echo, echoes, payload, seconds, text, wamid, type Value } from "../ingest/webhook.fixture.ts";
import { AI_AUTHOR, answerTicket, appendMessageAs } from "../messages/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { createPresenceBoard, type PresenceBoard } from "../presence/index.ts";
import { lockTicket, type LockedTicket } from "../tickets/index.ts";
import { createTimerHandlers, timerQueue } from "../timers/index.ts";
import { onlyTimers } from "../timers/only-timers.fixture.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { findObstacleToAnswer, noteArrivals, takeTurn, type Obstacle, type TurnSettings } from "./index.ts";

export const SECOND_MS = 1_000;
const CUSTOMER = "33600000001";

/** A company whose rules answer what a customer writes, and one of its people. */
export interface TurnDesk {
  ctx: TestContext & { presence: PresenceBoard };
  tenantId: string;
  agent: RequestContext;
  manager: RequestContext;
  settings: TurnSettings;
  /** The customer writes, now, and nobody has noted it yet; `quoting` is the provider's id of a message. */
  arrive(body: string, options?: { at?: Date; quoting?: string }): Promise<void>;
  /** Whatever else a customer may do, in one webhook. */
  deliver(...messages: Value[]): Promise<void>;
  /** The worker of rules hears that the customer has written. */
  note(): Promise<void>;
  /** `arrive` and `note`. Returns the message's id. */
  write(body: string): Promise<string>;
  /** Somebody of the company answers in the channel's own app. */
  answerInApp(body: string): Promise<void>;
  /** Somebody of the company answers the latest ticket. */
  answer(body?: string): Promise<string>;
  /** Lets the timer of the turn fire when its time has come, as its worker does. Returns when that was. */
  turnEnds(): Promise<Date | undefined>;
  /** Customer writes and finishes; returns what TURN_DUE names. */
  turn(body?: string): Promise<string>;
  /** The customer takes a message back. */
  takeBack(messageId: string): Promise<void>;
  /** The newest message of each turn, and all of them. */
  turns(): Promise<{ newest: string | null; all: unknown }[]>;
  /** What a rule is told that is about to answer; null: it may. */
  obstacle(messageId?: string | null): Promise<Obstacle | null>;
  /** What a rule does: it answers unless something stands in its way, which is returned. */
  answerAsRule(messageId: string | null, body?: string, meanwhile?: () => Promise<unknown>): Promise<Obstacle | null>;
  /** In a transaction of the system, with the latest ticket locked. */
  locked<T>(work: (tx: Tx, locked: LockedTicket) => Promise<T>): Promise<T>;
  read<T>(reader: (tx: Tx) => Promise<T>): Promise<T>;
  /** What the company has said, in its order. */
  said(): Promise<unknown[]>;
  inbound(): Promise<string[]>;
  conversationId(): Promise<string>;
  ticketId(): Promise<string>;
  events(type: string): Promise<{ actorType: string; data: unknown }[]>;
}

/** One context for a file, and a company of its own before each test, which `use` is given. */
export function withTurnDesk(use: (desk: TurnDesk) => void): void {
  let ctx: TestContext & { presence: PresenceBoard };
  beforeAll(async () => {
    const opened = await createTestContext({ queues: [ingestQueue, outboundQueue, timerQueue] });
    const { publisher, redis: config, logger } = opened;
    ctx = { ...opened, presence: createPresenceBoard({ redis: publisher.redis, config, logger }) };
  });
  beforeEach(async () => use(await openTurnDesk(ctx)));
  afterAll(() => ctx.close());
}

async function openTurnDesk(ctx: TestContext & { presence: PresenceBoard }): Promise<TurnDesk> {
  const { id: tenantId } = await buildTenant(ctx);
  const inbox = await buildInbox(ctx, { tenantId });
  const phoneNumberId = inbox.externalId ?? "";
  const { id: userId } = await buildUser(ctx, { tenantId });
  const { id: managerId } = await buildUser(ctx, { tenantId, role: "MANAGER" });
  const timers = createTimerHandlers(ctx, onlyTimers({ take_turn: takeTurn }));
  const read = <T>(reader: (tx: Tx) => Promise<T>) => ctx.database.withTenant(tenantId, reader);
  const latestTicket = () => read((tx) => tx.ticket.findFirstOrThrow({ orderBy: { number: "desc" } }));

  const desk: TurnDesk = {
    ctx,
    tenantId,
    agent: actingAs(ctx, { userId, tenantId }),
    manager: actingAs(ctx, { userId: managerId, tenantId, role: "MANAGER" }),
    settings: {
      debounceSeconds: 4,
      longestBurstSeconds: 30,
      mostTurns: 5,
      handOffTeamId: null,
      handOffEscalates: false,
    },
    async arrive(body, { at = ctx.clock.now(), quoting } = {}) {
      const quoted = quoting === undefined ? {} : { context: { id: quoting } };
      await desk.deliver({ ...text(CUSTOMER, { body, at }), ...quoted });
    },
    deliver: (...messages) => deliver(ctx, payload(change(phoneNumberId, { messages }))),
    async note() {
      const arrivals = [{ tenantId, conversationId: await desk.conversationId(), arrivedAt: ctx.clock.now() }];
      await ctx.database.system.transaction((sql) => noteArrivals(ctx, sql, arrivals, () => desk.settings));
    },
    async write(body) {
      await desk.arrive(body);
      await desk.note();
      return (await desk.inbound()).at(-1) ?? "";
    },
    async answerInApp(body) {
      const message = { ...echo(CUSTOMER, "text", { text: { body } }), timestamp: seconds(ctx.clock.now()) };
      await deliver(ctx, payload(echoes(phoneNumberId, message)));
    },
    async answer(body = "It is on its way.") {
      const { id: ticketId } = await latestTicket();
      const { id } = await answerTicket(desk.agent, { ticketId, body, isInternal: false });
      await read((tx) => tx.message.updateMany({ where: { id }, data: { status: "SENT", externalId: wamid() } }));
      return id;
    },
    async turnEnds() {
      const timer = await read((tx) => tx.timer.findFirst({ where: { kind: "take_turn" } }));
      if (!timer) return undefined;
      if (timer.dueAt > ctx.clock.now()) ctx.clock.set(timer.dueAt);
      const { subjectId, dueAt } = timer;
      await timers.fire_timer({ tenantId, kind: "take_turn", subjectId, dueAt: dueAt.getTime() });
      return dueAt;
    },
    async turn(body = "Where is my order?") {
      const id = await desk.write(body);
      await desk.turnEnds();
      return id;
    },
    async takeBack(id) {
      const { content } = await read((tx) => tx.message.findFirstOrThrow({ where: { id } }));
      const revoked = { ...(content as object), revokedAt: ctx.clock.now().toISOString() };
      await read((tx) => tx.message.updateMany({ where: { id }, data: { content: revoked } }));
    },
    async turns() {
      const events = await read((tx) => tx.event.findMany({ where: { type: "TURN_DUE" }, orderBy: { seq: "asc" } }));
      return events.map(({ messageId, data }) => ({
        newest: messageId,
        all: (data as { messageIds: unknown }).messageIds,
      }));
    },
    obstacle: (messageId = null) =>
      desk.locked((tx, locked) => findObstacleToAnswer(ctx, tx, locked, { messageId, settings: desk.settings })),
    answerAsRule: (messageId, body = "We are looking into it.", meanwhile = async () => undefined) =>
      desk.locked(async (tx, locked) => {
        const obstacle = await findObstacleToAnswer(ctx, tx, locked, { messageId, settings: desk.settings });
        await meanwhile();
        if (obstacle) return obstacle;
        const { conversation, ticket } = locked;
        await appendMessageAs(ctx, tx, conversation, { text: body, isInternal: false, ticketId: ticket.id }, AI_AUTHOR);
        return null;
      }),
    async locked(work) {
      const { id } = await latestTicket();
      return ctx.database.withSystem(async (tx) => work(tx, await lockTicket(tx, tenantId, id)));
    },
    read,
    async said() {
      const messages = await read((tx) =>
        tx.message.findMany({ where: { direction: "OUTBOUND" }, orderBy: [{ occurredAt: "asc" }, { id: "asc" }] }),
      );
      return messages.map(({ content }) => (content as { text: string }).text);
    },
    async inbound() {
      const messages = await read((tx) =>
        tx.message.findMany({ where: { direction: "INBOUND" }, orderBy: { id: "asc" } }),
      );
      return messages.map(({ id }) => id);
    },
    conversationId: async () => (await read((tx) => tx.conversation.findFirstOrThrow())).id,
    ticketId: async () => (await latestTicket()).id,
    async events(type) {
      const events = await read((tx) => tx.event.findMany({ where: { type }, orderBy: { seq: "asc" } }));
      return events.map(({ actorType, data }) => ({ actorType, data }));
    },
  };
  return desk;
}
