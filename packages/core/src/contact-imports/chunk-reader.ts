import { statement, type Sql } from "@parley/db";
import { toUtf8, type TextEncoding } from "../csv/index.ts";

/** A place in a file: a chunk, and a byte of it as UTF-8. */
export interface FilePlace {
  chunk: number;
  offset: number;
}

/** A file from a place on. Positions count bytes of UTF-8 from there. */
export interface ChunkReader {
  open(from: number): AsyncIterable<Buffer>;
  /** The place of a position that has been read, or is the next to be. */
  placeOf(position: number): FilePlace;
}

// contact_import_chunk_pkey
const READ_CHUNK = statement<{ bytes: Buffer }>(
  "contact_import_read_chunk",
  "select bytes from contact_import_chunk where tenant_id = $1 and import_id = $2 and position = $3",
);

/** Reads stored chunks one after the other, as they are asked for. */
export function createChunkReader(
  sql: Sql,
  {
    tenantId,
    importId,
    encoding,
    start,
  }: {
    tenantId: string;
    importId: string;
    encoding: TextEncoding;
    start: FilePlace;
  },
): ChunkReader {
  /** Of the chunks that have been read, from the first on. */
  const lengths: number[] = [];
  /** Behind a row that cannot be read it is read again. */
  let latest: { chunk: number; bytes: Buffer } | undefined;

  async function read(chunk: number): Promise<Buffer | undefined> {
    if (latest?.chunk === chunk) return latest.bytes;
    const [row] = await sql.rows(READ_CHUNK, [tenantId, importId, chunk]);
    latest = row && { chunk, bytes: toUtf8(row.bytes, encoding, chunk === 0) };
    return latest?.bytes;
  }

  return {
    async *open(from) {
      let skipped = start.offset + from;
      for (let index = 0; ; index += 1) {
        const known = lengths[index];
        if (known !== undefined && skipped >= known) {
          skipped -= known;
          continue;
        }
        const bytes = await read(start.chunk + index);
        if (!bytes) return;
        lengths[index] = bytes.length;
        if (skipped < bytes.length) yield bytes.subarray(skipped);
        skipped = Math.max(0, skipped - bytes.length);
      }
    },
    placeOf(position) {
      let [chunk, offset] = [start.chunk, start.offset + position];
      for (const length of lengths) {
        if (offset < length) break;
        offset -= length;
        chunk += 1;
      }
      return { chunk, offset };
    },
  };
}
