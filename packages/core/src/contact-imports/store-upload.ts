import { createHash } from "node:crypto";
import { statement, type TenantSql } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { createEncodingDetector, splitAt, wideEncodingOf, type TextEncoding } from "../csv/index.ts";

/** So many bytes are in memory at once, and in a row. */
const CHUNK_BYTES = 256 * 1024;
export const MAX_UPLOAD_BYTES = 512 * 1024 * 1024;

const INSERT_CHUNK = statement(
  "contact_import_insert_chunk",
  "insert into contact_import_chunk (tenant_id, import_id, position, bytes) values ($1, $2, $3, $4)",
);

export interface StoredUpload {
  size: number;
  chunks: number;
  encoding: TextEncoding;
  /** SHA-256 of the bytes. */
  digest: Uint8Array;
}

/**
 * Stores a file as it arrives, chunk by chunk, each in a transaction of its own: the next bytes are asked for when those
 * before are committed. `payload_too_large` beyond 512 MB, and `validation_failed` for nothing at all.
 */
export async function storeUpload(
  sql: TenantSql,
  { tenantId, importId }: { tenantId: string; importId: string },
  bytes: AsyncIterable<Uint8Array>,
  encoding: TextEncoding | undefined,
): Promise<StoredUpload> {
  const hash = createHash("sha256");
  const detector = createEncodingDetector();
  let wide = encoding === "utf-16le" || encoding === "utf-16be" ? encoding : undefined;
  let [size, chunks] = [0, 0];

  async function store(chunk: Buffer): Promise<void> {
    hash.update(chunk);
    detector.add(chunk);
    await sql.run(INSERT_CHUNK, [tenantId, importId, chunks, chunk]);
    chunks += 1;
  }

  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > MAX_UPLOAD_BYTES) throw tooLarge();
    waiting.push(piece);
    length += piece.length;
    if (length < CHUNK_BYTES) continue;
    let whole = Buffer.concat(waiting);
    if (chunks === 0 && encoding === undefined) wide = wideEncodingOf(whole);
    while (whole.length >= CHUNK_BYTES) {
      const end = splitAt(whole, CHUNK_BYTES, wide);
      await store(whole.subarray(0, end));
      whole = whole.subarray(end);
    }
    waiting = [whole];
    length = whole.length;
  }
  if (size === 0) {
    const message = "is empty; send a CSV whose first line names the columns";
    throw new DomainError("validation_failed", `The file ${message}.`, { fields: [{ path: "csv", message }] });
  }
  if (length > 0) await store(Buffer.concat(waiting));
  return { size, chunks, encoding: encoding ?? detector.detect(), digest: hash.digest() };
}

function tooLarge(): DomainError {
  const most = MAX_UPLOAD_BYTES / 1024 / 1024;
  return new DomainError("payload_too_large", `The file is larger than ${most} MB; send it in several parts.`);
}
