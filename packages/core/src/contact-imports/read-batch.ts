import type { CsvProblem } from "../csv/index.ts";
import type { FilePlace } from "./chunk-reader.ts";
import { readRow, RowRefusal, type ContactRow, type RowReading } from "./read-row.ts";

/** Rows as they stand in the file, and where the next one begins. */
export interface FileBatch {
  records: readonly ({ cells: string[] } | { problem: CsvProblem })[];
  /** How many rows were read before. */
  rowsBefore: number;
  next: FilePlace;
  /** What follows is another job's; or nothing follows. */
  then?: "next_part" | "end";
}

/** The same, understood. Rows are known by their places in the batch. */
export interface ReadBatch extends FileBatch {
  rows: ReadonlyMap<ContactRow, number>;
  refusals: readonly { index: number; reason: string }[];
  /** How many of the refused are no rows at all. */
  unreadable: number;
}

const PROBLEMS: Record<CsvProblem, string> = {
  quotes: "cannot be read: a quote stands where it must not, or is closed nowhere",
  too_long: "cannot be read: it has more than 262144 characters, or a quote that is closed nowhere",
};

/** Understands each row as its columns say. */
export function readBatch(batch: FileBatch, reading: RowReading): ReadBatch {
  const rows = new Map<ContactRow, number>();
  const refusals: { index: number; reason: string }[] = [];
  let unreadable = 0;
  for (const [index, record] of batch.records.entries()) {
    if ("problem" in record) {
      unreadable += 1;
      refusals.push({ index, reason: PROBLEMS[record.problem] });
      continue;
    }
    try {
      rows.set(readRow(record.cells, reading), index);
    } catch (error) {
      if (!(error instanceof RowRefusal)) throw error;
      refusals.push({ index, reason: error.message });
    }
  }
  return { ...batch, rows, refusals, unreadable };
}

/** The batch with some more of its rows refused. */
export function refuseRows(batch: ReadBatch, refused: ReadonlyMap<ContactRow, RowRefusal>): ReadBatch {
  const more = [...refused].map(([row, { message }]) => ({ index: batch.rows.get(row) ?? 0, reason: message }));
  const rows = new Map([...batch.rows].filter(([row]) => !refused.has(row)));
  return { ...batch, rows, refusals: [...batch.refusals, ...more] };
}
