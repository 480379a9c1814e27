import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import { bulkChange, toBulkChangeJson } from "./bulk-change.ts";
import type { BulkJobJson, BulkRowJson } from "./schemas.ts";

export type BulkJobRow = Prisma.BulkJobModel;

export function toBulkJobJson(job: BulkJobRow): BulkJobJson {
  const { id, total, finished, failed, createdBy } = job;
  return {
    id,
    status: toJsonEnum(job.status),
    change: toBulkChangeJson(bulkChange.parse(job.change)),
    total,
    finished,
    failed,
    progress: total === 0 ? 1 : finished / total,
    createdBy,
    createdAt: job.createdAt.toISOString(),
    finishedAt: job.finishedAt?.toISOString() ?? null,
  };
}

export const bulkRowInclude = { ticket: { select: { number: true } } } satisfies Prisma.BulkRowInclude;

export function toBulkRowJson(row: Prisma.BulkRowGetPayload<{ include: typeof bulkRowInclude }>): BulkRowJson {
  const { position, ticketId, state, error, ticket } = row;
  return { position, ticketId, ticketNumber: Number(ticket.number), state: toJsonEnum(state), error };
}

export async function readBulkJob(tx: Tx, tenantId: string, id: string): Promise<BulkJobRow> {
  const job = await tx.bulkJob.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!job) throw new DomainError("not_found", "There is no bulk job with this id.");
  return job;
}

/** The same, locked until the transaction ends: no row of it has its turn meanwhile. */
export async function lockBulkJob(tx: Tx, tenantId: string, id: string): Promise<BulkJobRow> {
  await tx.$queryRaw`
    select id from bulk_job where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for no key update`;
  return readBulkJob(tx, tenantId, id);
}
