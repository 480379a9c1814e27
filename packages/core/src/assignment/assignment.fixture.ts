import type { Availability, Prisma } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildInbox, buildTenant, buildUser, type BuiltInbox } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Subscription } from "../context/index.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { createAssign } from "./assignment-handlers.ts";
import { assignmentQueue, assignmentSubscription } from "./assignment-queue.ts";

export type Ticket = Prisma.TicketGetPayload<object>;
type PolicyColumns = Partial<Prisma.AssignmentPolicyUncheckedCreateInput>;

/** A company with one inbox, in which tickets arrive. */
export interface Office {
  ctx: TestContext<Subscription>;
  tenantId: string;
  inbox: BuiltInbox;
  /** Somebody of the company, ONLINE unless it is said. Returns their id. */
  hire(more?: {
    availability?: Availability;
    capacity?: number;
    skills?: string[];
    teamId?: string;
    role?: "ADMIN";
  }): Promise<string>;
  team(): Promise<string>;
  /** A policy of the inbox, or of `teamId` with `inboxId: null`. Returns its id. */
  policy(more?: PolicyColumns): Promise<string>;
  /** So many tickets, each of a contact and conversation of its own, the oldest first. */
  arrive(count: number, more?: Partial<Prisma.TicketUncheckedCreateInput>): Promise<Ticket[]>;
  /** Assigns what waits. */
  assign(): Promise<void>;
  /** The tickets as they are now, in the given order. */
  now(tickets: readonly { id: string }[]): Promise<Ticket[]>;
  /** Who has them, in the given order. */
  holders(tickets: readonly { id: string }[]): Promise<(string | null)[]>;
  /** The events of a type, oldest first. */
  events(type: string): Promise<Prisma.EventGetPayload<object>[]>;
  /** How many jobs of the tenant are on the queue of assignment. */
  jobs(): Promise<number>;
  /** A member as they ask for something. */
  as(userId: string, role?: "AGENT" | "ADMIN"): ReturnType<typeof actingAs<TestContext<Subscription>>>;
}

/** One context for a suite and an office of its own for each test. */
export function openOfficeForEachTest(use: (office: Office) => void): void {
  let ctx: TestContext<Subscription>;
  beforeAll(async () => {
    ctx = await createTestContext<Subscription>({
      queues: [assignmentQueue, ingestQueue, outboundQueue],
      subscriptions: [assignmentSubscription],
    });
  });
  afterAll(() => ctx.close());
  beforeEach(async () => {
    const { id: tenantId } = await buildTenant(ctx);
    use(officeOf(ctx, tenantId, await buildInbox(ctx, { tenantId })));
  });
}

function officeOf(ctx: TestContext<Subscription>, tenantId: string, inbox: BuiltInbox): Office {
  const assign = createAssign(ctx);
  const { database } = ctx;

  const now: Office["now"] = async (tickets) => {
    const ids = tickets.map(({ id }) => id);
    const found = await database.withTenant(tenantId, (tx) =>
      tx.ticket.findMany({ where: { tenantId, id: { in: ids } } }),
    );
    const byId = new Map(found.map((ticket) => [ticket.id, ticket]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  };

  return {
    ctx,
    tenantId,
    inbox,
    async hire({ role = "AGENT" as const, teamId, availability = "ONLINE", ...columns } = {}) {
      const { id: userId } = await buildUser(ctx, { tenantId, role });
      await database.withSystem(async (tx) => {
        const data = { availability, ...columns };
        await tx.membership.update({ where: { tenantId_userId: { tenantId, userId } }, data });
        if (teamId !== undefined) await tx.teamMembership.create({ data: { tenantId, teamId, userId } });
      });
      return userId;
    },
    async team() {
      const id = newId();
      await database.withSystem((tx) => tx.team.create({ data: { tenantId, id, name: `Team ${id}` } }));
      return id;
    },
    async policy(more = {}) {
      const id = newId();
      const data = { tenantId, id, inboxId: inbox.id, method: "ROUND_ROBIN" as const, ...more };
      await database.withSystem((tx) => tx.assignmentPolicy.create({ data }));
      return id;
    },
    async arrive(count, more = {}) {
      const { id: inboxId } = inbox;
      const { lastTicketNumber } = await database.withSystem((tx) =>
        tx.tenant.update({ where: { id: tenantId }, data: { lastTicketNumber: { increment: count } } }),
      );
      const rows = Array.from({ length: count }, (_empty, n) => ({
        contactId: newId(),
        conversationId: newId(),
        id: newId(),
        number: lastTicketNumber - BigInt(n),
        inboxId,
        ...more,
      }));
      const start = Date.now();
      await database.withSystem(async (tx) => {
        await tx.contact.createMany({
          data: rows.map(({ contactId: id }) => ({ tenantId, id })),
          skipDuplicates: true,
        });
        await tx.conversation.createMany({
          data: rows.map((row) => ({
            tenantId,
            id: row.conversationId,
            inboxId: row.inboxId,
            contactId: row.contactId,
            externalThreadId: row.id,
            lastMessageAt: new Date(),
          })),
        });
        await tx.ticket.createMany({
          data: rows.map((row, n) => ({
            tenantId,
            channel: "WHATSAPP" as const,
            createdAt: new Date(start + n),
            ...row,
          })),
        });
      });
      return now(rows);
    },
    assign: () => assign(tenantId),
    now,
    holders: async (tickets) => (await now(tickets)).map(({ assigneeId }) => assigneeId),
    events: (type) =>
      database.withTenant(tenantId, (tx) => tx.event.findMany({ where: { tenantId, type }, orderBy: { seq: "asc" } })),
    async jobs() {
      const jobs = await ctx.jobsOn(assignmentQueue);
      return jobs.filter(({ payload }) => JSON.stringify(payload).includes(tenantId)).length;
    },
    as: (userId, role = "AGENT") => actingAs(ctx, { userId, tenantId, role }),
  };
}
