import type { Prisma } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { RebuildJson } from "./schemas.ts";

export function toRebuildJson(row: Prisma.RebuildModel): RebuildJson {
  const { id, tenantId, step, rows, createdBy } = row;
  return {
    id,
    tenantId,
    target: toJsonEnum(row.target),
    status: toJsonEnum(row.status),
    step,
    rows,
    createdBy,
    createdAt: row.createdAt.toISOString(),
    progressedAt: row.progressedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
