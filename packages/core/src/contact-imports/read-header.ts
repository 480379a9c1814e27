import { DomainError } from "@parley/runtime";
import { detectDelimiter, readRecords, restoreCell, type Delimiter } from "../csv/index.ts";
import type { ChunkReader } from "./chunk-reader.ts";

const MAX_COLUMNS = 2_000;
const MAX_HEADER = 1_000;
/** How spreadsheets tell one another the delimiter, in a line in front of the header. */
const SEPARATOR_LINE = /^"?sep=([,;|\t])"?(?:\r\n|\n|\r)/;

export interface FileHeader {
  headers: string[];
  delimiter: Delimiter;
  /** Where the first row below begins. */
  end: number;
}

/** The first row of a file, and by what its cells are parted. `validation_failed` for what is no header. */
export async function readHeader(reader: ChunkReader, given: Delimiter | undefined): Promise<FileHeader> {
  const beginning = await readBeginning(reader);
  const [line = "", named] = SEPARATOR_LINE.exec(beginning) ?? [];
  const begin = Buffer.byteLength(line);
  const delimiter = given ?? (named as Delimiter | undefined) ?? detectDelimiter(beginning.slice(line.length));
  for await (const record of readRecords((from) => reader.open(begin + from), delimiter)) {
    if ("problem" in record) throw noHeader("cannot be read as the names of columns");
    const headers = record.cells.map((cell) => restoreCell(cell).replaceAll("\0", "").trim());
    if (headers.length > MAX_COLUMNS) throw noHeader(`names more than ${MAX_COLUMNS} columns`);
    if (headers.some((header) => header.length > MAX_HEADER)) {
      throw noHeader(`names a column with more than ${MAX_HEADER} characters`);
    }
    return { headers, delimiter, end: begin + record.end };
  }
  throw noHeader("is missing");
}

async function readBeginning(reader: ChunkReader): Promise<string> {
  for await (const bytes of reader.open(0)) return bytes.toString();
  return "";
}

function noHeader(reason: string): DomainError {
  const message = `has a first line that ${reason}`;
  throw new DomainError("validation_failed", `The file ${message}; begin it with the names of its columns.`, {
    fields: [{ path: "csv", message }],
  });
}
