import { statement, type Sql } from "@parley/db";
import type { Actor, SystemContext } from "../context/index.ts";
import type { CsvProblem } from "../csv/index.ts";
import type { FilePlace } from "./chunk-reader.ts";
import { endImport } from "./end-import.ts";
import { partRow } from "./import-queue.ts";
import { lockAt, type RunningImport } from "./import-row.ts";
import { readRow, RowRefusal, type ContactRow, type RowReading } from "./read-row.ts";
import { writeContacts, type RowOutcome } from "./write-contacts.ts";

/** Rows as they were read from the file, and where the next one begins. */
export interface FileBatch {
  records: readonly ({ cells: string[] } | { problem: CsvProblem })[];
  /** How many rows were read before. */
  rowsBefore: number;
  next: FilePlace;
  /** What follows is another job's; or nothing follows. */
  then?: "next_part" | "end";
}

/** A file with more of them is none that we can read. */
const MOST_UNREADABLE = 500;

const PROBLEMS: Record<CsvProblem, string> = {
  quotes: "cannot be read: a quote stands where it must not, or is closed nowhere",
  too_long: "cannot be read: it has more than 262144 characters, or a quote that is closed nowhere",
};

// contact_import_pkey
const PROGRESS = statement(
  "contact_import_progress",
  `update contact_import
      set next_chunk = $3, next_offset = $4, rows = rows + $5, created = created + $6, updated = updated + $7,
          unchanged = unchanged + $8, failed = failed + $9, unreadable = unreadable + $10, progressed_at = $11
    where tenant_id = $1 and id = $2`,
);
const INSERT_ERRORS = statement(
  "contact_import_insert_errors",
  `insert into contact_import_error (tenant_id, import_id, row, reason, cells)
   select $1, $2, * from unnest($3::int[], $4::text[], $5::jsonb[])`,
);
// contact_import_chunk_pkey
const DROP_READ_CHUNKS = statement(
  "contact_import_drop_read_chunks",
  "delete from contact_import_chunk where tenant_id = $1 and import_id = $2 and position < $3",
);

/**
 * Writes a batch in one transaction: contacts, what was refused, how far the import is, and with the last batch of a part
 * the job for the next. False: somebody else has gone on from there, or it was paused or cancelled.
 */
export async function writeBatch(
  ctx: SystemContext,
  job: RunningImport,
  batch: FileBatch,
  { creator, reading }: { creator: Actor; reading: RowReading },
): Promise<boolean> {
  const { tenantId, id: importId, isDryRun } = job;
  const key = { tenantId, importId };
  const { rows, refusals } = readRows(batch, reading);
  const count = batch.records.length;
  return ctx.database.system.transaction(async (sql) => {
    const locked = await lockAt(sql, key, batch.rowsBefore);
    if (!locked) return false;
    const writing = { ...key, creator, isDryRun, skipsMatches: job.onMatch === "SKIP" };
    const outcomes = await writeContacts(ctx, sql, [...rows.keys()], writing);
    const refused = [...refusals, ...refusedIn(outcomes, rows)];
    await insertErrors(sql, key, batch, refused);
    const unreadable = batch.records.filter((record) => "problem" in record).length;
    const tally = (wanted: RowOutcome): number => [...outcomes.values()].filter((each) => each === wanted).length;
    const { next } = batch;
    const counts = [tally("created"), tally("updated"), tally("unchanged"), refused.length, unreadable];
    await sql.run(PROGRESS, [tenantId, importId, next.chunk, next.offset, count, ...counts, ctx.clock.now()]);
    if (!isDryRun) await sql.run(DROP_READ_CHUNKS, [tenantId, importId, next.chunk]);
    if (locked.unreadable + unreadable > MOST_UNREADABLE) {
      const reason = `More than ${MOST_UNREADABLE} rows cannot be read, because of their quotes or lengths; is this a CSV?`;
      await endImport(ctx, sql, key, { status: "FAILED", reason });
      return false;
    }
    if (batch.then === "end") await endImport(ctx, sql, { ...key, keepsFile: isDryRun }, { status: "DONE" });
    if (batch.then === "next_part")
      await ctx.outbox.enqueueSql(sql, [partRow({ ...key, rows: batch.rowsBefore + count })]);
    return true;
  });
}

/** Rows by their places in the batch. */
interface ReadRows {
  rows: Map<ContactRow, number>;
  refusals: { index: number; reason: string }[];
}

function readRows({ records }: FileBatch, reading: RowReading): ReadRows {
  const read: ReadRows = { rows: new Map(), refusals: [] };
  for (const [index, record] of records.entries()) {
    if ("problem" in record) {
      read.refusals.push({ index, reason: PROBLEMS[record.problem] });
      continue;
    }
    try {
      read.rows.set(readRow(record.cells, reading), index);
    } catch (error) {
      if (!(error instanceof RowRefusal)) throw error;
      read.refusals.push({ index, reason: error.message });
    }
  }
  return read;
}

function refusedIn(outcomes: ReadonlyMap<ContactRow, RowOutcome>, rows: ReadRows["rows"]): ReadRows["refusals"] {
  return [...outcomes].flatMap(([row, outcome]) =>
    outcome instanceof RowRefusal ? [{ index: rows.get(row) ?? 0, reason: outcome.message }] : [],
  );
}

async function insertErrors(
  sql: Sql,
  { tenantId, importId }: { tenantId: string; importId: string },
  { records, rowsBefore }: FileBatch,
  refused: ReadRows["refusals"],
): Promise<void> {
  if (refused.length === 0) return;
  const cellsOf = (index: number): string[] => {
    const record = records[index];
    return record && "cells" in record ? record.cells : [];
  };
  await sql.run(INSERT_ERRORS, [
    tenantId,
    importId,
    // The header is row 1.
    refused.map(({ index }) => rowsBefore + index + 2),
    refused.map(({ reason }) => reason.replaceAll("\0", "")),
    // PostgreSQL stores no NUL; what stands for it is seen.
    refused.map(({ index }) => JSON.stringify(cellsOf(index).map((cell) => cell.replaceAll("\0", "\u2400")))),
  ]);
}
