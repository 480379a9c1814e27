import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import type { DataExportJson } from "./schemas.ts";

export function toDataExportJson(row: Prisma.DataExportModel): DataExportJson {
  const { id, contactId, size, createdBy } = row;
  return {
    id,
    contactId,
    status: toJsonEnum(row.status),
    size,
    createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
  };
}

export function noSuchExport(): DomainError {
  return new DomainError("not_found", "There is no data export with this id.");
}
