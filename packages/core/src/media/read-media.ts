import type { Sql } from "@parley/db";
import { READ_CHUNK } from "./media-chunks.ts";
import { CHUNK_BYTES } from "./media-limits.ts";
import type { AttachmentKey } from "./media-queue.ts";

/** Bytes of a file, from the first to the last of them; nothing if the last stands before the first. */
export interface ByteRange {
  first: number;
  last: number;
}

/** The bytes of a stored file: a chunk is read, in a statement of its own, when the one before was taken. */
export async function* readMedia(
  sql: Sql,
  { tenantId, attachmentId }: AttachmentKey,
  { first, last }: ByteRange,
): AsyncGenerator<Buffer> {
  for (let from = first; from <= last;) {
    const position = Math.floor(from / CHUNK_BYTES);
    const [chunk] = await sql.rows(READ_CHUNK, [tenantId, attachmentId, position]);
    const begin = position * CHUNK_BYTES;
    const part = chunk?.bytes.subarray(from - begin, last - begin + 1);
    // Whoever is erased goes with their files, also while these are read.
    if (!part || part.length === 0) throw new Error("a file was deleted while it was read");
    yield part;
    from += part.length;
  }
}
