import type { Prisma } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildConversation, buildMessage, buildTenant, buildTicket, buildUser, waitUntil } from "@parley/testing";
import type { BuiltConversation } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { RequestContext, Subscription } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import type { LogReader } from "../log-readers/index.ts";
import { createReportFollower } from "./follow-log.ts";
import { KIND_COLUMNS } from "./kind-columns.ts";

type MessageColumns = Partial<Prisma.MessageUncheckedCreateInput>;

/** A company in whose log things happen, at the times that the clock says. */
export interface ReportDesk {
  ctx: TestContext<Subscription>;
  tenantId: string;
  agentId: string;
  conversation: BuiltConversation;
  manager: RequestContext;
  /** Something happens, in a transaction of its own. */
  tell(...events: Omit<NewEvent, "tenantId">[]): Promise<void>;
  /** A message comes in or is written now. */
  message(columns?: MessageColumns): Promise<string>;
  become(messageId: string, columns: Prisma.MessageUncheckedUpdateInput): Promise<void>;
  /** Beside another one of the conversation, if that is given. */
  openTicket(tags?: string[], splitFromId?: string): Promise<string>;
  setZone(timeZone: string): Promise<void>;
  follow(follower?: LogReader): Promise<void>;
  /** All that was counted of the company. */
  kept(): Promise<unknown>;
}

/** One context for a suite, and a company of its own for each test. */
export function openReportDeskForEachTest(use: (desk: ReportDesk) => void): void {
  let ctx: TestContext<Subscription>;
  beforeAll(async () => {
    ctx = await createTestContext<Subscription>();
  });
  afterAll(() => ctx.close());
  beforeEach(async () => use(await openReportDesk(ctx)));
}

export async function openReportDesk(ctx: TestContext<Subscription>): Promise<ReportDesk> {
  const { database, clock } = ctx;
  clock.set(new Date("2026-03-02T08:00:00Z"));
  const { id: tenantId } = await buildTenant(ctx);
  const { id: agentId } = await buildUser(ctx, { tenantId });
  const conversation = await buildConversation(ctx, { tenantId });
  const tell: ReportDesk["tell"] = (...events) =>
    database.withTenant(tenantId, (tx) =>
      publishEvents(
        ctx,
        tx,
        events.map((event) => ({ tenantId, ...event })),
      ),
    );
  return {
    ctx,
    tenantId,
    agentId,
    conversation,
    manager: actingAs(ctx, { userId: agentId, tenantId, role: "MANAGER" }),
    tell,
    async message(columns = {}) {
      const isOurs = columns.direction === "OUTBOUND";
      const own: MessageColumns = isOurs ? { senderId: agentId, status: "QUEUED", sentAt: null } : {};
      const { id } = await buildMessage(ctx, conversation, { createdAt: clock.now(), ...own, ...columns });
      await tell({
        type: isOurs ? "MESSAGE_QUEUED" : "MESSAGE_RECEIVED",
        actorType: isOurs ? "AGENT" : "CUSTOMER",
        ...(isOurs && { actorId: agentId }),
        messageId: id,
        ticketId: columns.ticketId ?? null,
      });
      return id;
    },
    async become(messageId, data) {
      await database.withSystem((tx) => tx.message.updateMany({ where: { tenantId, id: messageId }, data }));
      await tell({ type: "MESSAGE_STATUS_CHANGED", actorType: "SYSTEM", messageId });
    },
    async openTicket(tags = [], splitFromId) {
      const { id: ticketId } = await buildTicket(ctx, conversation, {
        tags,
        createdAt: clock.now(),
        splitFromId: splitFromId ?? null,
        status: "OPEN",
      });
      await tell({ type: "TICKET_OPENED", actorType: "CUSTOMER", ticketId, data: { to: { userId: agentId } } });
      return ticketId;
    },
    setZone: async (timeZone) =>
      void (await database.withSystem((tx) => tx.tenant.update({ where: { id: tenantId }, data: { timeZone } }))),
    follow: (follower = createReportFollower(ctx)) => followAll(ctx, follower),
    kept: () => readKept(ctx, tenantId),
  };
}

/** The follower stops before the oldest transaction that is open, whosever that is. */
async function followAll(ctx: TestContext<Subscription>, follower: LogReader): Promise<void> {
  const { _max: newest } = await ctx.database.withSystem((tx) => tx.event.aggregate({ _max: { txid: true } }));
  await waitUntil(async () => {
    while (await follower.follow());
    const { txid } = await ctx.database.withSystem((tx) => tx.reportProgress.findUniqueOrThrow({ where: { id: 1 } }));
    return txid > (newest.txid ?? 0n);
  }, "the log is followed to its end");
}

function readKept(ctx: TestContext<Subscription>, tenantId: string): Promise<unknown> {
  const where = { tenantId };
  return ctx.database.withSystem(async (tx) => ({
    zones: await tx.reportZone.findMany({ where }),
    subjects: await tx.reportSubject.findMany({ where, orderBy: { subjectId: "asc" } }),
    days: await tx.reportDay.findMany({
      // A day from which everything went elsewhere keeps its row.
      where: { ...where, OR: KIND_COLUMNS.map((column) => ({ [column]: { not: 0n } })) },
      orderBy: { day: "asc" },
    }),
    hours: await tx.reportHour.findMany({
      where: { ...where, count: { not: 0n } },
      orderBy: [{ day: "asc" }, { hour: "asc" }, { inboxId: "asc" }, { agentId: "asc" }, { kind: "asc" }],
    }),
    facts: await tx.ticketFact.findMany({ where, orderBy: [{ ticketId: "asc" }, { kind: "asc" }, { cycle: "asc" }] }),
    spans: await tx.ticketSpan.findMany({ where, orderBy: [{ ticketId: "asc" }, { cycle: "asc" }] }),
  }));
}
