import { statement, type Sql } from "@parley/db";
import type { Actor, SystemContext } from "../context/index.ts";
import { endImport } from "./end-import.ts";
import { partRow } from "./import-queue.ts";
import { lockAt, type RunningImport } from "./import-row.ts";
import type { RowOutcome } from "./judge-rows.ts";
import { refuseRows, type ReadBatch } from "./read-batch.ts";
import { RowRefusal, type ContactRow } from "./read-row.ts";
import { OverfullContacts, writeContacts } from "./write-contacts.ts";

/** A file with more of them is none that we can read. */
const MOST_UNREADABLE = 500;

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
  batch: ReadBatch,
  creator: Actor,
): Promise<boolean> {
  for (let rest = batch; ;) {
    try {
      return await writeOnce(ctx, job, rest, creator);
    } catch (error) {
      if (!(error instanceof OverfullContacts)) throw error;
      rest = refuseRows(rest, error.rows);
    }
  }
}

function writeOnce(ctx: SystemContext, job: RunningImport, batch: ReadBatch, creator: Actor): Promise<boolean> {
  const { tenantId, id: importId, isDryRun, createdAt: since } = job;
  const { next, rows, rowsBefore, unreadable } = batch;
  const key = { tenantId, importId };
  const count = batch.records.length;
  return ctx.database.system.transaction(async (sql) => {
    const locked = await lockAt(sql, key, rowsBefore);
    if (!locked) return false;
    const writing = { ...key, creator, isDryRun, skipsMatches: job.onMatch === "SKIP", since };
    const outcomes = await writeContacts(ctx, sql, [...rows.keys()], writing);
    const refused = refusedIn(outcomes);
    const all = refuseRows(batch, refused).refusals;
    await insertErrors(sql, key, batch, all);
    const tally = (wanted: RowOutcome): number => [...outcomes.values()].filter((each) => each === wanted).length;
    const counts = [tally("created"), tally("updated"), tally("unchanged"), all.length, unreadable];
    await sql.run(PROGRESS, [tenantId, importId, next.chunk, next.offset, count, ...counts, ctx.clock.now()]);
    if (!isDryRun) await sql.run(DROP_READ_CHUNKS, [tenantId, importId, next.chunk]);
    if (locked.unreadable + unreadable > MOST_UNREADABLE) {
      const reason = `More than ${MOST_UNREADABLE} rows cannot be read, because of their quotes or lengths; is this a CSV?`;
      await endImport(ctx, sql, key, { status: "FAILED", reason });
      return false;
    }
    if (batch.then === "end") await endImport(ctx, sql, { ...key, keepsFile: isDryRun }, { status: "DONE" });
    if (batch.then === "next_part") await ctx.outbox.enqueueSql(sql, [partRow({ ...key, rows: rowsBefore + count })]);
    return true;
  });
}

function refusedIn(outcomes: ReadonlyMap<ContactRow, RowOutcome>): Map<ContactRow, RowRefusal> {
  return new Map([...outcomes].flatMap(([row, outcome]) => (outcome instanceof RowRefusal ? [[row, outcome]] : [])));
}

async function insertErrors(
  sql: Sql,
  { tenantId, importId }: { tenantId: string; importId: string },
  { records, rowsBefore }: ReadBatch,
  refused: ReadBatch["refusals"],
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
