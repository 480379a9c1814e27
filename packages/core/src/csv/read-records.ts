import { parse, type Parser } from "csv-parse";
import type { Delimiter } from "./detect-delimiter.ts";

/** A row of a CSV, or what should have been one. Positions count bytes from where the reading began. */
export type CsvRecord = { end: number } & ({ cells: string[] } | { problem: CsvProblem });

/** Too long: also a quote that is closed nowhere, which takes in all that follows. */
export type CsvProblem = "too_long" | "quotes";

/** So many characters has a row at most. */
export const MAX_RECORD_LENGTH = 262_144;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK: ReadonlySet<number> = new Set([LINE_FEED, CARRIAGE_RETURN, 0x20, 0x09]);

/**
 * The rows of a CSV, as they can be read: in bounded memory, and behind what cannot be read the next line is tried, so one
 * stray quote costs one row and not the file. `open` gives the UTF-8 from a position on, whatever its pieces. Space
 * around cells is left out unless it is quoted; empty lines are no rows.
 */
export async function* readRecords(
  open: (from: number) => AsyncIterable<Buffer>,
  delimiter: Delimiter,
): AsyncGenerator<CsvRecord> {
  let from = 0;
  for (;;) {
    const failure: { problem?: CsvProblem; at: number } = { at: from };
    for await (const record of readUntilProblem(open(from), delimiter, from)) {
      if ("problem" in record) failure.problem = record.problem;
      else {
        failure.at = record.end;
        yield record;
      }
    }
    if (failure.problem === undefined) return;
    from = await endOfLine(open(failure.at), failure.at);
    yield { problem: failure.problem, end: from };
  }
}

async function* readUntilProblem(
  pieces: AsyncIterable<Buffer>,
  delimiter: Delimiter,
  from: number,
): AsyncGenerator<CsvRecord> {
  let records: CsvRecord[] = [];
  const parser = openParser(delimiter, (cells, bytes) => records.push({ cells, end: from + bytes }));
  const taken = (): CsvRecord[] => {
    const batch = records;
    records = [];
    return batch;
  };
  try {
    for await (const piece of pieces) {
      const problem = await feed(parser, piece);
      yield* taken();
      if (problem) return void (yield { problem, end: from });
    }
    const problem = await feed(parser, undefined);
    yield* taken();
    if (problem) yield { problem, end: from };
  } finally {
    parser.destroy();
  }
}

/** Rows are taken as they are parsed, because a stream that fails forgets those that were not read yet. */
function openParser(delimiter: Delimiter, onRow: (cells: string[], bytes: number) => void): Parser {
  const parser = parse({
    delimiter,
    trim: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: MAX_RECORD_LENGTH,
    on_record: (cells: string[], { bytes }) => {
      onRow(cells, bytes);
      return undefined;
    },
  });
  // Told of by the callback of whoever writes.
  return parser.on("error", () => undefined).resume();
}

/** Undefined: the end. Resolves with what is wrong with the row that is being read, if anything is. */
function feed(parser: Parser, piece: Buffer | undefined): Promise<CsvProblem | undefined> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => {
      const problem = error ? problemOf(error) : undefined;
      if (error && problem === undefined) reject(error);
      else resolve(problem);
    };
    if (piece) parser.write(piece, done);
    else parser.end(done);
  });
}

function problemOf(error: Error): CsvProblem | undefined {
  const code = "code" in error ? String(error.code) : "";
  if (code === "CSV_MAX_RECORD_SIZE") return "too_long";
  const isOfQuotes = /QUOTE/.test(code);
  return isOfQuotes ? "quotes" : undefined;
}

/** Where the next line begins, of the first that is not empty. */
async function endOfLine(pieces: AsyncIterable<Buffer>, from: number): Promise<number> {
  let at = from;
  let isWithin = false;
  for await (const piece of pieces) {
    for (const byte of piece) {
      if (isWithin && (byte === LINE_FEED || byte === CARRIAGE_RETURN)) return at;
      isWithin ||= !BLANK.has(byte);
      at += 1;
    }
  }
  return at;
}
