import { sqlOf, type Prisma, type TicketStatus } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildConversation, buildTenant, buildUser, waitUntil, type BuiltConversation } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Subscription } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { answerTicket, cancelMessage } from "../messages/index.ts";
import { mailQueue } from "../mail/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import {
  CLOCK_EVENT_TYPES,
  createRuleBooks,
  reviseSla,
  slaQueue,
  slaSubscription,
  slaTimerQueue,
} from "../sla-clocks/index.ts";
import { changeTicket, openTicket, type ChangeTicketInput } from "../tickets/index.ts";
import { timerQueue } from "../timers/index.ts";
import { fireDue } from "./fire-due.ts";
import { createSlaHandlers } from "./handle-events.ts";
import { judgeAnew } from "./judge-anew.ts";
import type { SlaContext } from "./judge-tickets.ts";
import { reconcileLog } from "./reconcile-log.ts";
import { takeStep } from "./take-step.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** An hour for each response and four for the resolution, day and night. */
export const PROMISE = {
  targets: { default: { firstResponseSeconds: 3_600, nextResponseSeconds: 3_600, resolutionSeconds: 4 * 3_600 } },
};

export type DeskContext = TestContext<Subscription> & SlaContext;
export type StoredTimer = Prisma.SlaTimerGetPayload<object>;

/** A company with promises, and an agent who answers. */
export interface SlaDesk {
  ctx: DeskContext;
  tenantId: string;
  agentId: string;
  /** Promises something from now on; returns the policy's id. */
  promise(columns?: Partial<Prisma.SlaPolicyUncheckedCreateInput>): Promise<string>;
  /** Changes what is promised, or by what, and lets it take effect. */
  revise(change: (tx: Prisma.TransactionClient) => Promise<unknown>): Promise<void>;
  /** Judges every unfinished ticket by the rules that hold. */
  judgeAll(): Promise<void>;
  open(): Promise<{ id: string; conversation: BuiltConversation }>;
  customerWrites(ticket: { id: string; conversation: BuiltConversation }): Promise<void>;
  answer(ticketId: string): Promise<string>;
  cancel(messageId: string): Promise<void>;
  change(ticketId: string, change: ChangeTicketInput): Promise<void>;
  status(ticketId: string, status: TicketStatus): Promise<void>;
  /** What the worker does with the jobs of everything that has happened so far, once more. */
  follow(): Promise<void>;
  /** The same with some of it. */
  followSeqs(seqs: string[]): Promise<void>;
  /** Judges what lost its job, up to the end of the log; returns how many tickets that were, of whichever company. */
  reconcile(): Promise<number>;
  /** Fires what is due; returns how many tickets that were. */
  fire(): Promise<number>;
  /** Takes the escalations that wait. */
  escalate(): Promise<void>;
  passMinutes(minutes: number): void;
  /** Another company. */
  neighbour(): Promise<SlaDesk>;
  timers(ticketId: string): Promise<StoredTimer[]>;
  /** What was told about promises, in its order. */
  told(ticketId: string): Promise<{ type: string; data: unknown }[]>;
}

/** One context for a suite, and a desk of its own for each test. */
export function openSlaDeskForEachTest(use: (desk: SlaDesk) => void): void {
  let ctx: DeskContext;
  beforeAll(async () => {
    const context = await createTestContext<Subscription>({
      queues: [slaQueue, slaTimerQueue, timerQueue, outboundQueue, mailQueue],
      subscriptions: [slaSubscription],
    });
    ctx = { ...context, books: createRuleBooks() };
  });
  afterAll(() => ctx.close());
  beforeEach(async () => {
    use(await openDesk(ctx));
  });
}

async function openDesk(ctx: DeskContext): Promise<SlaDesk> {
  const { id: tenantId } = await buildTenant(ctx);
  const { id: agentId } = await buildUser(ctx, { tenantId });
  return deskOf(ctx, tenantId, agentId);
}

function deskOf(ctx: DeskContext, tenantId: string, agentId: string): SlaDesk {
  const { database, clock } = ctx;
  const agent = () => actingAs(ctx, { userId: agentId, tenantId, role: "MANAGER" });
  const handlers = createSlaHandlers(ctx);

  const desk: SlaDesk = {
    ctx,
    tenantId,
    agentId,
    async promise(columns = {}) {
      const id = newId();
      const { length: position } = await database.withTenant(tenantId, (tx) => tx.slaPolicy.findMany());
      await desk.revise((tx) =>
        tx.slaPolicy.create({
          data: { tenantId, id, name: id, position, ...PROMISE, pauseIn: ["WAITING_CUSTOMER"], ...columns },
        }),
      );
      return id;
    },
    async revise(change) {
      await database.withTenant(tenantId, async (tx) => {
        await change(tx);
        await reviseSla(ctx, tx, tenantId);
      });
    },
    async judgeAll() {
      await waitUntil(async () => {
        const progress = await database.withSystem((tx) => tx.slaProgress.findUniqueOrThrow({ where: { tenantId } }));
        const { revision, position, finishedAt } = progress;
        // Transactions of other suites, on the same server, may have to end first.
        if (finishedAt === null) await judgeAnew(ctx, { tenantId, revision, position });
        return finishedAt !== null;
      }, "every ticket is judged by the revision that holds");
    },
    async open() {
      const conversation = await buildConversation(ctx, { tenantId });
      const { id } = await openTicket(agent(), { on: { conversationId: conversation.id } });
      return { id, conversation };
    },
    async customerWrites({ id: ticketId, conversation }) {
      const { id: conversationId, contactId } = conversation;
      const subjects = { tenantId, ticketId, conversationId, contactId };
      const event: NewEvent = { ...subjects, type: "MESSAGE_RECEIVED", actorType: "CUSTOMER", data: { type: "text" } };
      await database.withSystem((tx) => publishEvents(ctx, tx, [event]));
    },
    answer: async (ticketId) => (await answerTicket(agent(), { ticketId, body: "Hello", isInternal: false })).id,
    cancel: async (id) => void (await cancelMessage(agent(), { id })),
    change: async (id, change) => void (await changeTicket(agent(), { id, ...change })),
    status: (id, status) => desk.change(id, { status }),
    async follow() {
      const events = await database.withTenant(tenantId, (tx) => tx.event.findMany({ orderBy: { seq: "asc" } }));
      await desk.followSeqs(events.map(({ seq }) => String(seq)));
    },
    async followSeqs(seqs) {
      if (seqs.length > 0) await handlers.handle_events({ events: [{ tenantId, seqs }] });
    },
    async reconcile() {
      let judged = 0;
      await waitUntil(async () => {
        judged += await reconcileLog(ctx);
        const { seq } = await database.withSystem((tx) => tx.slaProgress.findUniqueOrThrow({ where: { tenantId } }));
        const types = [...CLOCK_EVENT_TYPES];
        const after = { type: { in: types }, ticketId: { not: null }, seq: { gt: seq } };
        // Transactions of other suites, on the same server, may have to end first.
        return (await database.withTenant(tenantId, (tx) => tx.event.count({ where: after }))) === 0;
      }, "the log is reconciled to its end");
      return judged;
    },
    fire: async () => (await fireDue(ctx)).count,
    async escalate() {
      const steps = await database.withTenant(tenantId, (tx) => tx.slaStep.findMany({ where: { state: "WAITING" } }));
      for (const { id: stepId } of steps) await takeStep(ctx, { tenantId, stepId });
    },
    neighbour: () => openDesk(ctx),
    passMinutes: (minutes) => clock.advance(minutes * MINUTE_MS),
    timers: (ticketId) =>
      database.withTenant(tenantId, (tx) =>
        tx.slaTimer.findMany({ where: { ticketId }, orderBy: [{ metric: "asc" }, { cycle: "asc" }] }),
      ),
    async told(ticketId) {
      const events = await database.withTenant(tenantId, (tx) =>
        tx.event.findMany({ where: { ticketId, type: { startsWith: "SLA_" } }, orderBy: { seq: "asc" } }),
      );
      return events.map(({ type, data }) => ({ type, data }));
    },
  };
  return desk;
}

/** Holds a conversation's lock, as whoever writes there does, until what is returned is called. */
export async function holdConversation(desk: SlaDesk, id: string): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const over = desk.ctx.database.withSystem(async (tx) => {
    await sqlOf(tx).rows({ name: "", text: "select id from conversation where id = $1 for no key update" }, [id]);
    held.resolve();
    await done.promise;
  });
  await held.promise;
  return async () => {
    done.resolve();
    await over;
  };
}
