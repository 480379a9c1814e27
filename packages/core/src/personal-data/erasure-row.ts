import type { Prisma } from "@parley/db";
import { statement, type Sql } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";
import type { ErasureJson } from "./schemas.ts";

const storedCounts = z.record(z.string(), z.int());
export type ErasureCounts = z.infer<typeof storedCounts>;

export interface ErasureKey {
  tenantId: string;
  erasureId: string;
}

/** An erasure that is under way, held until the transaction ends. */
export interface LockedErasure {
  id: string;
  tenantId: string;
  contactId: string;
  step: string;
  cursor: unknown;
  counts: ErasureCounts;
  sealedTraces: string | null;
  /** Of the transaction that took the identifiers away. */
  txid: string;
  requestedBy: string;
  createdAt: Date;
}

// contact_erasure_pkey
const LOCK = statement<LockedErasure>(
  "erasure_lock",
  `select id, tenant_id as "tenantId", contact_id as "contactId", step, cursor, counts,
          sealed_traces as "sealedTraces", txid::text as txid, requested_by as "requestedBy", created_at as "createdAt"
     from contact_erasure where tenant_id = $1 and id = $2 and status = 'RUNNING' for no key update`,
);
const GO_ON = statement(
  "erasure_go_on",
  `update contact_erasure set step = $3, cursor = $4, counts = $5, progressed_at = $6 where tenant_id = $1 and id = $2`,
);

/** Undefined when it is done. */
export async function lockErasure(sql: Sql, { tenantId, erasureId }: ErasureKey): Promise<LockedErasure | undefined> {
  const [row] = await sql.rows(LOCK, [tenantId, erasureId]);
  return row;
}

/** Writes down how far it is, in the transaction of what was erased. */
export async function noteProgress(
  sql: Sql,
  { tenantId, id }: LockedErasure,
  { step, cursor, counts }: Pick<LockedErasure, "step" | "cursor" | "counts">,
  at: Date,
): Promise<void> {
  await sql.run(GO_ON, [
    tenantId,
    id,
    step,
    cursor === null ? null : JSON.stringify(cursor),
    JSON.stringify(counts),
    at,
  ]);
}

export function addCounts(counts: ErasureCounts, more: ErasureCounts): ErasureCounts {
  const sum = { ...counts };
  for (const [what, count] of Object.entries(more)) sum[what] = (sum[what] ?? 0) + count;
  return sum;
}

export function toErasureJson(row: Prisma.ContactErasureModel): ErasureJson {
  const { id, contactId, step, requestedBy } = row;
  return {
    id,
    contactId,
    status: toJsonEnum(row.status),
    step,
    counts: storedCounts.parse(row.counts),
    requestedBy,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

export function noSuchErasure(): DomainError {
  return new DomainError("not_found", "There is no erasure with this id.");
}
