import { statement, type ContactImportStatus, type Sql } from "@parley/db";
import { z } from "zod";
import { DELIMITERS, TEXT_ENCODINGS } from "../csv/index.ts";
import { importColumns } from "./import-field.ts";

/** An import as its worker reads it. */
export const runningImport = z.object({
  tenantId: z.string(),
  id: z.string(),
  status: z.custom<ContactImportStatus>(),
  isDryRun: z.boolean(),
  onMatch: z.enum(["UPDATE", "SKIP"]),
  encoding: z.enum(TEXT_ENCODINGS),
  delimiter: z.enum(DELIMITERS),
  columns: importColumns,
  nextChunk: z.int(),
  nextOffset: z.int(),
  rows: z.int(),
  unreadable: z.int(),
  createdBy: z.string(),
  createdAt: z.date(),
});
export type RunningImport = z.infer<typeof runningImport>;

interface ImportKey {
  tenantId: string;
  importId: string;
}

/**
 * Waits for whatever writes rows of the tenant's imports, and holds up the next until the transaction ends. Row locks
 * alone are not given in the order of asking: whoever wants to pause could wait for them while batches pass by.
 */
const LINE_UP = statement<object>(
  "contact_import_line_up",
  "select pg_advisory_xact_lock(hashtextextended('contact import ' || $1, 0))",
);

// contact_import_pkey
const LOCK = statement<{ status: ContactImportStatus; rows: number; unreadable: number }>(
  "contact_import_lock",
  "select status, rows, unreadable from contact_import where tenant_id = $1 and id = $2 for no key update",
);

// contact_import_running_idx: the oldest goes first, so a tenant has one under way.
const FIND_IN_TURN = statement<{ importId: string; rows: number }>(
  "contact_import_find_in_turn",
  `select id as "importId", rows from contact_import where tenant_id = $1 and status = 'RUNNING' order by id limit 1`,
);

export async function lineUp(sql: Sql, tenantId: string): Promise<void> {
  await sql.rows(LINE_UP, [tenantId]);
}

/** How far an import is, if it is running and has read so many rows; locked until the transaction ends. */
export async function lockAt(
  sql: Sql,
  { tenantId, importId }: ImportKey,
  rows: number,
): Promise<{ unreadable: number } | undefined> {
  await lineUp(sql, tenantId);
  const [locked] = await sql.rows(LOCK, [tenantId, importId]);
  return locked?.status === "RUNNING" && locked.rows === rows ? locked : undefined;
}

/** Of a tenant's running imports the oldest goes on and the others wait. */
export async function findInTurn(sql: Sql, tenantId: string): Promise<{ importId: string; rows: number } | undefined> {
  const [found] = await sql.rows(FIND_IN_TURN, [tenantId]);
  return found;
}
