import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { TEXT_ENCODINGS, type Delimiter } from "../csv/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { importColumns } from "./import-field.ts";
import { DELIMITER_NAMES, type ContactImportJson } from "./schemas.ts";

type ContactImportRow = Prisma.ContactImportModel;

export function toContactImportJson(row: ContactImportRow): ContactImportJson {
  const { id, fileName, size, rows, created, updated, unchanged, failed, reason, createdBy } = row;
  return {
    id,
    status: toJsonEnum(row.status),
    dryRun: row.isDryRun,
    onMatch: toJsonEnum(row.onMatch),
    fileName,
    encoding: TEXT_ENCODINGS.find((encoding) => encoding === row.encoding) ?? "utf-8",
    delimiter: nameOfDelimiter(row.delimiter),
    columns: importColumns.parse(row.columns),
    size,
    progress: row.status === "DONE" ? 1 : Math.min(1, row.nextChunk / Math.max(1, row.chunks)),
    rows,
    created,
    updated,
    unchanged,
    failed,
    reason,
    createdBy,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function nameOfDelimiter(delimiter: string): keyof typeof DELIMITER_NAMES {
  const names = Object.entries(DELIMITER_NAMES) as [keyof typeof DELIMITER_NAMES, Delimiter][];
  return names.find(([, each]) => each === delimiter)?.[0] ?? "comma";
}

/** One whose file has arrived. */
export async function readContactImport(tx: Tx, tenantId: string, id: string): Promise<ContactImportRow> {
  const row = await tx.contactImport.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row || row.status === "UPLOADING") throw new DomainError("not_found", "There is no import with this id.");
  return row;
}

/** The same, locked until the transaction ends: no row of it is written meanwhile. */
export async function lockContactImport(tx: Tx, tenantId: string, id: string): Promise<ContactImportRow> {
  await tx.$queryRaw`
    select id from contact_import where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for no key update`;
  return readContactImport(tx, tenantId, id);
}
