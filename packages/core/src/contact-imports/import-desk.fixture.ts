import type { MembershipRole, Prisma, Tx } from "@parley/db";
import type { PayloadOf, QueueDefinition } from "@parley/queue";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { RequestContext, SystemContext } from "../context/index.ts";
import { createContactImport } from "./create-contact-import.ts";
import { CsvUpload } from "./csv-upload.ts";
import { contactImportQueue } from "./import-queue.ts";
import { runPart } from "./run-part.ts";
import { createContactImportInput, type ContactImportJson, type ShownContactImportJson } from "./schemas.ts";
import { showContactImport } from "./show-contact-import.ts";

export type Contact = Prisma.ContactGetPayload<{ include: { identifiers: true } }>;
type Part = PayloadOf<(typeof contactImportQueue)["jobs"]["run_part"]>;

/** A company whose imports go on when they are told to. */
export interface ImportDesk {
  ctx: TestContext;
  tenantId: string;
  /** Whoever imports unless it is said. */
  manager: string;
  as(userId?: string, role?: MembershipRole): RequestContext;
  /** Sends a file, all at once or in pieces. */
  send(csv: string | Buffer | AsyncIterable<Uint8Array>, options?: object): Promise<ContactImportJson>;
  /** Takes one part off the queue after the other and runs it, until there is none. */
  work(options?: { batchRows?: number; most?: number }): Promise<void>;
  /** Sends, works and shows. */
  take(csv: string | Buffer, options?: object): Promise<ShownContactImportJson>;
  show(id: string): Promise<ShownContactImportJson>;
  queued(): Promise<Part[]>;
  /** Everything that was on the queue is lost. */
  loseRedis(): Promise<void>;
  contacts(): Promise<Contact[]>;
  read<T>(reader: (tx: Tx) => Promise<T>): Promise<T>;
}

/** One context for a suite and a company of its own for each test. `queues`: what else is written to. */
export function openImportDeskForEachTest(use: (desk: ImportDesk) => void, queues: QueueDefinition[] = []): void {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await createTestContext({ queues: [contactImportQueue, ...queues] });
  });
  afterAll(() => ctx.close());
  beforeEach(async () => {
    // Imports of earlier tests would be found by whatever looks at all companies.
    await ctx.database.withSystem((tx) => tx.contactImport.deleteMany());
    use(await openImportDesk(ctx));
  });
}

export async function openImportDesk(ctx: TestContext): Promise<ImportDesk> {
  const { id: tenantId } = await buildTenant(ctx);
  const { id: manager } = await buildUser(ctx, { tenantId, role: "MANAGER" });
  const read = <T>(reader: (tx: Tx) => Promise<T>): Promise<T> => ctx.database.withTenant(tenantId, reader);
  const as = (userId = manager, role: MembershipRole = "MANAGER"): RequestContext =>
    actingAs<SystemContext>(ctx, { userId, tenantId, role });
  const desk: ImportDesk = {
    ctx,
    tenantId,
    manager,
    as,
    send(csv, options = {}) {
      const isSmall = typeof csv === "string" && csv.length <= 1_000_000;
      const bytes = typeof csv === "string" ? Buffer.from(csv) : csv;
      const given = isSmall ? csv : new CsvUpload(Buffer.isBuffer(bytes) ? inPieces(bytes) : bytes);
      return createContactImport(as(), createContactImportInput.parse({ csv: given, ...options }));
    },
    async work({ batchRows, most = Infinity } = {}) {
      for (let done = 0; done < most; done += 1) {
        const [next] = (await ctx.jobsOn(contactImportQueue)).filter(({ payload }) => ofTenant(payload) === tenantId);
        if (!next) return;
        await remove(ctx, next.id);
        await runPart(ctx, contactImportQueue.jobs.run_part.payload.parse(next.payload), {
          ...(batchRows !== undefined && { batchRows }),
        });
      }
    },
    async take(csv, options) {
      const { id } = await desk.send(csv, options);
      await desk.work();
      return desk.show(id);
    },
    show: (id) => showContactImport(as(), { id }),
    async queued() {
      const jobs = (await ctx.jobsOn(contactImportQueue)).filter(({ payload }) => ofTenant(payload) === tenantId);
      return jobs.map(({ payload }) => contactImportQueue.jobs.run_part.payload.parse(payload));
    },
    async loseRedis() {
      for (const { id } of await ctx.jobsOn(contactImportQueue)) await remove(ctx, id);
    },
    contacts: () =>
      read((tx) => tx.contact.findMany({ include: { identifiers: orderedByType }, orderBy: { id: "asc" } })),
    read,
  };
  return desk;
}

const orderedByType = {
  orderBy: [{ type: "asc" }, { isPrimary: "desc" }, { value: "asc" }],
} satisfies Prisma.Contact$identifiersArgs;

async function* inPieces(bytes: Buffer, length = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.subarray(at, at + length));
}

function ofTenant(payload: unknown): string {
  return contactImportQueue.jobs.run_part.payload.parse(payload).tenantId;
}

async function remove(ctx: TestContext, jobId: string): Promise<void> {
  const queue = ctx.publisher.queues().find(({ name }) => name === contactImportQueue.name);
  await (await queue?.getJob(jobId))?.remove();
}
