import type { Prisma, Tx } from "@parley/db";
import { createTestContext, actingAs, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { RequestContext, Subscription } from "../context/index.ts";
import { change, deliver, payload, text } from "../ingest/webhook.fixture.ts";
import { createModelAccess } from "../language-models/index.ts";
import { mailQueue } from "../mail/index.ts";
import { answerTicket } from "../messages/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { createPresenceBoard } from "../presence/index.ts";
import { createRuleBook } from "../rule-books/index.ts";
import { createRuleInput, type RuleJson } from "../rule-definitions/index.ts";
import { listExecutions, listExecutionsQuery } from "../rule-executions/index.ts";
import type { RulesContext } from "../rule-runs/index.ts";
import { runSchedule } from "../rule-schedules/index.ts";
import { RULE_EVENT_TYPES, rulesQueue, rulesSubscription } from "../rules-queue/index.ts";
import { createRule } from "../rules/index.ts";
import { wakeSnoozedTicket } from "../tickets/index.ts";
import { createTimerHandlers, timerQueue, type TimerKind } from "../timers/index.ts";
import { onlyTimers } from "../timers/only-timers.fixture.ts";
import { takeTurn } from "../turns/index.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { noAnswer } from "./no-answer.ts";
import { createRulesHandlers } from "./rules-handlers.ts";

export const CUSTOMER = "33600000001";
const MODEL_TIMEOUT_MS = 2_000;

/** A company with rules, a customer of theirs, and the worker that asks the rules. */
export interface RuleDesk {
  ctx: TestContext<Subscription> & RulesContext;
  tenantId: string;
  agent: RequestContext;
  manager: RequestContext;
  /** As a request has it; it acts by itself, and tags what it applies to, unless it says otherwise. */
  rule(given?: Record<string, unknown>): Promise<RuleJson>;
  /** The customer writes, now. */
  write(body: string, options?: { from?: string }): Promise<void>;
  /** The worker handles what it has not handled yet, and what comes of it, until nothing comes any more. */
  run(): Promise<void>;
  /** The same events come again. */
  repeat(): Promise<void>;
  /** `write` and `run`. */
  hear(body: string): Promise<void>;
  /** Time goes on until the timer is due, and it fires. */
  fire(kind: TimerKind): Promise<void>;
  /** Their turn ends, and the worker hears of it. */
  turnEnds(): Promise<void>;
  answer(body?: string): Promise<void>;
  read<T>(reader: (tx: Tx) => Promise<T>): Promise<T>;
  ticket(): Promise<Prisma.TicketModel>;
  /** In the order of the log. */
  executions(): Promise<{ outcome: string; reason: string | null }[]>;
  events(type: string): Promise<Prisma.EventModel[]>;
  /** What the company has said, in its order. */
  said(): Promise<unknown[]>;
}

/** One context for a file, and a company of its own before each test, which `use` is given. */
export function withRuleDesk(use: (desk: RuleDesk) => void): void {
  let ctx: RuleDesk["ctx"];
  beforeAll(async () => {
    const queues = [ingestQueue, outboundQueue, timerQueue, rulesQueue, mailQueue];
    const opened = await createTestContext({ queues, subscriptions: [rulesSubscription] });
    const { publisher, redis: config, logger, clock } = opened;
    const presence = createPresenceBoard({ redis: publisher.redis, config, logger });
    const models = createModelAccess({ privateHosts: [], timeoutMs: MODEL_TIMEOUT_MS, clock, logger });
    ctx = { ...opened, presence, models };
  });
  beforeEach(async () => use(await openRuleDesk(ctx)));
  afterAll(async () => {
    await ctx.models.close();
    await ctx.close();
  });
}

async function openRuleDesk(ctx: RuleDesk["ctx"]): Promise<RuleDesk> {
  const { id: tenantId } = await buildTenant(ctx);
  const inbox = await buildInbox(ctx, { tenantId });
  const { id: userId } = await buildUser(ctx, { tenantId });
  const { id: managerId } = await buildUser(ctx, { tenantId, role: "MANAGER" });
  const timers = createTimerHandlers(
    ctx,
    onlyTimers({ take_turn: takeTurn, no_answer: noAnswer, run_schedule: runSchedule, wake_ticket: wakeSnoozedTicket }),
  );
  const read = <T>(reader: (tx: Tx) => Promise<T>) => ctx.database.withTenant(tenantId, reader);

  async function handle(seqs: string[]): Promise<void> {
    const book = createRuleBook(ctx);
    await createRulesHandlers(ctx, book).handle_events({ events: [{ tenantId, seqs }] });
    await book.close();
  }
  async function seqsOf(isNew: boolean): Promise<string[]> {
    const handled = await ctx.database.withSystem((tx) => tx.aiHandledEvent.findMany({ where: { tenantId } }));
    const known = new Set(handled.map(({ eventSeq }) => eventSeq));
    const events = await read((tx) =>
      tx.event.findMany({ where: { type: { in: [...RULE_EVENT_TYPES] } }, orderBy: { seq: "asc" } }),
    );
    return events.filter(({ seq }) => !isNew || !known.has(seq)).map(({ seq }) => String(seq));
  }

  const manager = actingAs(ctx, { userId: managerId, tenantId, role: "MANAGER" });
  const desk: RuleDesk = {
    ctx,
    tenantId,
    agent: actingAs(ctx, { userId, tenantId }),
    manager,
    rule: (given = {}) =>
      createRule(
        manager,
        createRuleInput.parse({
          name: `Rule ${Math.random()}`,
          trigger: "incoming_message",
          executionMode: "auto_execute",
          actions: [{ type: "add_tags", tags: ["seen"] }],
          ...given,
        }),
      ),
    async write(body, { from = CUSTOMER } = {}) {
      const message = text(from, { body, at: ctx.clock.now() });
      await deliver(ctx, payload(change(inbox.externalId ?? "", { messages: [message] })));
    },
    async run() {
      for (let seqs = await seqsOf(true); seqs.length > 0; seqs = await seqsOf(true)) await handle(seqs);
    },
    repeat: async () => handle(await seqsOf(false)),
    async hear(body) {
      await desk.write(body);
      await desk.run();
    },
    async fire(kind) {
      const timer = await read((tx) => tx.timer.findFirst({ where: { kind } }));
      if (!timer) throw new Error(`no timer ${kind} is set`);
      if (timer.dueAt > ctx.clock.now()) ctx.clock.set(timer.dueAt);
      await timers.fire_timer({ tenantId, kind, subjectId: timer.subjectId, dueAt: timer.dueAt.getTime() });
    },
    async turnEnds() {
      await desk.fire("take_turn");
      await desk.run();
    },
    async answer(body = "It is on its way.") {
      await answerTicket(desk.agent, { ticketId: (await desk.ticket()).id, body, isInternal: false });
    },
    read,
    ticket: () => read((tx) => tx.ticket.findFirstOrThrow({ orderBy: { number: "desc" } })),
    async executions() {
      const { data } = await listExecutions(manager, listExecutionsQuery.parse({ limit: 200 }));
      return data
        .toReversed()
        .toSorted((one, other) => Number(one.eventId) - Number(other.eventId))
        .map(({ outcome, reason }) => ({ outcome: outcome.toUpperCase(), reason }));
    },
    events: (type) => read((tx) => tx.event.findMany({ where: { type }, orderBy: { seq: "asc" } })),
    async said() {
      const messages = await read((tx) =>
        tx.message.findMany({
          where: { direction: "OUTBOUND", isInternal: false },
          orderBy: [{ occurredAt: "asc" }, { id: "asc" }],
        }),
      );
      return messages.map(({ content }) => (content as { text: string }).text);
    },
  };
  return desk;
}
