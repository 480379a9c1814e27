import { statement, type BulkJobStatus, type MembershipRole, type Prisma, type Tx } from "@parley/db";
import type { PayloadOf } from "@parley/queue";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant, buildUser, waitUntil, type BuiltInbox } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { SystemContext } from "../context/index.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { createBulkHandlers } from "./bulk-handlers.ts";
import { bulkQueue } from "./bulk-queue.ts";
import { createBulkJob } from "./create-bulk-job.ts";
import { createBulkJobInput } from "./schemas.ts";
import { cancelBulkJob, pauseBulkJob, resumeBulkJob } from "./steer-bulk-job.ts";

export type Ticket = Prisma.TicketGetPayload<object>;
export type BulkJob = Prisma.BulkJobGetPayload<object>;
export type BulkRow = Prisma.BulkRowGetPayload<object>;
export type Chunk = PayloadOf<(typeof bulkQueue)["jobs"]["run_chunk"]>;

/** A company with a manager and open tickets, whose bulk jobs run when they are told to. */
export interface Desk {
  ctx: TestContext;
  tenantId: string;
  inbox: BuiltInbox;
  /** A manager, in whose name jobs run unless it is said. */
  manager: string;
  hire(role: MembershipRole): Promise<string>;
  /** So many tickets, each of a contact and conversation of its own, the oldest first. */
  arrive(count: number): Promise<Ticket[]>;
  /** A job that gives tickets a category. Returns its id. */
  start(
    tickets: readonly { id: string }[],
    more?: { change?: object; by?: string; role?: MembershipRole; isSuperAdmin?: boolean },
  ): Promise<string>;
  pause(jobId: string): Promise<BulkJobStatus>;
  resume(jobId: string): Promise<BulkJobStatus>;
  cancel(jobId: string): Promise<BulkJobStatus>;
  /** The chunks that are on the queue. */
  queued(): Promise<Chunk[]>;
  /** Takes one chunk off the queue after the other, and runs it, until there is none. Returns them. */
  work(): Promise<Chunk[]>;
  /** Everything that was on the queue is lost. */
  loseRedis(): Promise<void>;
  job(jobId: string): Promise<BulkJob>;
  rows(jobId: string): Promise<BulkRow[]>;
  /** The tickets as they are now, in the given order. */
  now(tickets: readonly { id: string }[]): Promise<Ticket[]>;
  read<T>(reader: (tx: Tx) => Promise<T>): Promise<T>;
}

/** One context for a suite and a company of its own for each test. */
export function openDeskForEachTest(use: (desk: Desk) => void): void {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await createTestContext({ queues: [bulkQueue, ingestQueue] });
  });
  afterAll(() => ctx.close());
  beforeEach(async () => {
    const { id: tenantId } = await buildTenant(ctx);
    await lose(ctx);
    // Jobs of earlier tests would be found by whatever looks at all companies.
    await ctx.database.withSystem((tx) => tx.bulkJob.deleteMany());
    const { id: manager } = await buildUser(ctx, { tenantId, role: "MANAGER" });
    use(deskOf(ctx, { tenantId, manager, inbox: await buildInbox(ctx, { tenantId }) }));
  });
}

const DONE_TO = { pause: pauseBulkJob, resume: resumeBulkJob, cancel: cancelBulkJob };

function deskOf(ctx: TestContext, company: Pick<Desk, "tenantId" | "manager" | "inbox">): Desk {
  const { tenantId, manager, inbox } = company;
  const read = <T>(reader: (tx: Tx) => Promise<T>): Promise<T> => ctx.database.withTenant(tenantId, reader);
  const as = (userId: string, role: MembershipRole | null = "MANAGER", isSuperAdmin = false) =>
    actingAs<SystemContext>(ctx, { userId, tenantId, role, isSuperAdmin });
  const steer = (verb: keyof typeof DONE_TO) => async (id: string) => {
    const { status } = await DONE_TO[verb](as(manager), { id });
    return status.toUpperCase() as BulkJobStatus;
  };
  async function queued(): Promise<Chunk[]> {
    return (await ctx.jobsOn(bulkQueue)).map(({ payload }) => bulkQueue.jobs.run_chunk.payload.parse(payload));
  }
  return {
    ctx,
    ...company,
    hire: async (role) => (await buildUser(ctx, { tenantId, role })).id,
    arrive: (count) => arrive(ctx, { tenantId, inboxId: inbox.id, count }),
    async start(tickets, { change = { category: "seen" }, by = manager, role, isSuperAdmin = false } = {}) {
      const input = createBulkJobInput.parse({ ticketIds: tickets.map(({ id }) => id), change });
      return (await createBulkJob(as(by, isSuperAdmin ? null : role, isSuperAdmin), input)).id;
    },
    pause: steer("pause"),
    resume: steer("resume"),
    cancel: steer("cancel"),
    queued,
    async work() {
      const done: Chunk[] = [];
      for (;;) {
        const [next] = await ctx.jobsOn(bulkQueue);
        if (!next) return done;
        await remove(ctx, next.id);
        const chunk = bulkQueue.jobs.run_chunk.payload.parse(next.payload);
        await createBulkHandlers(ctx).run_chunk(chunk);
        done.push(chunk);
      }
    },
    loseRedis: () => lose(ctx),
    job: (id) => read((tx) => tx.bulkJob.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } })),
    rows: (jobId) => read((tx) => tx.bulkRow.findMany({ where: { jobId }, orderBy: { position: "asc" } })),
    async now(tickets) {
      const ids = tickets.map(({ id }) => id);
      const found = await read((tx) => tx.ticket.findMany({ where: { id: { in: ids } } }));
      return ids.flatMap((id) => found.filter((ticket) => ticket.id === id));
    },
    read,
  };
}

async function remove(ctx: TestContext, jobId: string): Promise<void> {
  const queue = ctx.publisher.queues().find(({ name }) => name === bulkQueue.name);
  await (await queue?.getJob(jobId))?.remove();
}

async function lose(ctx: TestContext): Promise<void> {
  for (const { id } of await ctx.jobsOn(bulkQueue)) await remove(ctx, id);
}

const ARRIVE = statement<{ id: string }>(
  "test_bulk_arrive",
  `with numbers as (
     select n, gen_random_uuid() as contact_id, gen_random_uuid() as conversation_id, gen_random_uuid() as ticket_id
       from generate_series(1, $3::int) n),
   contacts as (
     insert into contact (tenant_id, id, name) select $1, contact_id, 'Customer ' || n from numbers),
   conversations as (
     insert into conversation (tenant_id, id, inbox_id, contact_id, last_message_at)
     select $1, conversation_id, $2, contact_id, now() from numbers),
   first as (
     update tenant set last_ticket_number = last_ticket_number + $3::int where id = $1
     returning last_ticket_number - $3::int as number)
   insert into ticket (tenant_id, id, number, conversation_id, contact_id, inbox_id, channel, created_at)
   select $1, ticket_id, first.number + n, conversation_id, contact_id, $2, 'WHATSAPP', now() + n * interval '1 ms'
     from numbers, first
   returning id`,
);

async function arrive(
  ctx: TestContext,
  { tenantId, inboxId, count }: { tenantId: string; inboxId: string; count: number },
): Promise<Ticket[]> {
  const arrived = await ctx.database.system.rows(ARRIVE, [tenantId, inboxId, count]);
  return ctx.database.withTenant(tenantId, (tx) =>
    tx.ticket.findMany({ where: { id: { in: arrived.map(({ id }) => id) } }, orderBy: { createdAt: "asc" } }),
  );
}

const COUNT_BLOCKED = statement<{ count: number }>(
  "test_bulk_count_blocked",
  `select count(distinct l.pid)::int as count from pg_locks l
     join pg_stat_activity a on a.pid = l.pid and a.datname = current_database()
    where not l.granted`,
);

/** Resolves when so many transactions wait for others. */
export async function untilBlocked(ctx: TestContext, count: number): Promise<void> {
  await waitUntil(async () => {
    const [blocked] = await ctx.database.system.rows(COUNT_BLOCKED, []);
    return blocked?.count === count;
  }, `${count} transactions wait for a lock`);
}

/** Lets `work` run while somebody else holds the lock of a ticket's conversation, until `release` is called. */
export async function whileHeld(
  ctx: TestContext,
  { tenantId, conversationId }: Pick<Ticket, "tenantId" | "conversationId">,
  work: (release: () => void) => Promise<void>,
): Promise<void> {
  const held = Promise.withResolvers<undefined>();
  const released = Promise.withResolvers<undefined>();
  const holding = ctx.database.withTenant(tenantId, async (tx) => {
    await tx.$queryRaw`select id from conversation where id = ${conversationId}::uuid for no key update`;
    held.resolve(undefined);
    await released.promise;
  });
  await held.promise;
  try {
    await work(() => released.resolve(undefined));
  } finally {
    released.resolve(undefined);
    await holding;
  }
}
