import type { PayloadOf } from "@parley/queue";
import { DomainError } from "@parley/runtime";
import { findCreator } from "../bulk/index.ts";
import { assertAllowed, type Actor, type SystemContext } from "../context/index.ts";
import { readRecords } from "../csv/index.ts";
import { createChunkReader } from "./chunk-reader.ts";
import { endImport } from "./end-import.ts";
import type { contactImportQueue } from "./import-queue.ts";
import { findInTurn, lockAt, runningImport, type RunningImport } from "./import-row.ts";
import { readBatch, type FileBatch } from "./read-batch.ts";
import type { RowReading } from "./read-row.ts";
import { writeBatch } from "./write-batch.ts";

/** Rows in a transaction: what arrives meanwhile for one of their contacts waits for at most one of these. */
const BATCH_ROWS = 1_000;
/** Or so much of the file, if rows are long. */
const BATCH_BYTES = 1024 * 1024;
/** How many batches one turn of a worker takes. Then others have theirs: so the files of many companies go on side by side. */
const BATCHES = 5;

type Part = PayloadOf<(typeof contactImportQueue)["jobs"]["run_part"]>;

/**
 * Goes on with an import where it is: reads rows and writes them, a batch in a transaction at a time. Whatever kills it
 * loses a batch at most, which the next run reads again. Ends early when the import was paused or cancelled, or it is
 * not its turn: whoever changes that enqueues it again.
 */
export async function runPart(
  ctx: SystemContext,
  { tenantId, importId }: Part,
  { batchRows = BATCH_ROWS }: { batchRows?: number } = {},
): Promise<void> {
  const row = await ctx.database.withTenant(tenantId, (tx) =>
    tx.contactImport.findUnique({ where: { tenantId_id: { tenantId, id: importId } } }),
  );
  if (row?.status !== "RUNNING") return;
  const inTurn = await findInTurn(ctx.database.system, tenantId);
  if (inTurn?.importId !== importId) return;
  const job = runningImport.parse(row);
  const creator = await findCreator(ctx, job);
  const objection = objectionTo(creator);
  if (!creator || objection !== undefined) return fail(ctx, job, objection ?? NOBODY);
  const reading = await readingOf(ctx, job);
  // While one batch is written the next one is read.
  let writing = Promise.resolve(true);
  for await (const batch of batchesOf(ctx, job, batchRows)) {
    const read = readBatch(batch, reading);
    if (!(await writing)) return;
    writing = writeBatch(ctx, job, read, creator);
    // Whoever waits for it hears of it.
    writing.catch(() => undefined);
  }
  await writing;
}

const NOBODY = "Whoever has started this import is no member of the company any more, or their API key was revoked.";

/** What its creator may do is looked up for each part: they may have left, or have another role. */
function objectionTo(creator: Actor | undefined): string | undefined {
  if (!creator) return NOBODY;
  try {
    assertAllowed(creator, "contacts.import");
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return `Whoever has started this import may not do so any more. ${error.message}`;
    throw error;
  }
}

function fail(ctx: SystemContext, { tenantId, id: importId, rows }: RunningImport, reason: string): Promise<void> {
  const key = { tenantId, importId };
  return ctx.database.system.transaction(async (sql) => {
    if (await lockAt(sql, key, rows)) await endImport(ctx, sql, key, { status: "FAILED", reason });
  });
}

function readingOf(ctx: SystemContext, { tenantId, columns }: RunningImport): Promise<RowReading> {
  return ctx.database.withTenant(tenantId, async (tx) => {
    const definitions = await tx.contactAttribute.findMany({ where: { tenantId } });
    const { country } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { country: true } });
    return { columns, country, attributes: new Map(definitions.map((definition) => [definition.key, definition])) };
  });
}

async function* batchesOf(ctx: SystemContext, job: RunningImport, batchRows: number): AsyncGenerator<FileBatch> {
  const { tenantId, id: importId, encoding, delimiter, nextChunk, nextOffset } = job;
  const start = { chunk: nextChunk, offset: nextOffset };
  const reader = createChunkReader(ctx.database.system, { tenantId, importId, encoding, start });
  let [begin, end, rowsBefore, taken] = [0, 0, job.rows, 0];
  let records: FileBatch["records"][number][] = [];
  const cut = (then?: FileBatch["then"]): FileBatch => {
    const batch = { records, rowsBefore, next: reader.placeOf(end), ...(then && { then }) };
    rowsBefore += records.length;
    taken += 1;
    begin = end;
    records = [];
    return batch;
  };
  for await (const record of readRecords((from) => reader.open(from), delimiter)) {
    if (records.length >= batchRows || (records.length > 0 && record.end - begin > BATCH_BYTES)) {
      const isLast = taken + 1 === BATCHES;
      yield cut(isLast ? "next_part" : undefined);
      if (isLast) return;
    }
    records.push(record);
    end = record.end;
  }
  yield cut("end");
}
