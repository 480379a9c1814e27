import { sqlOf } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { actorIdOf, authorize, type RequestContext } from "../context/index.ts";
import { once, tellOfBytes } from "../idempotency/index.ts";
import { createChunkReader } from "./chunk-reader.ts";
import { CsvUpload } from "./csv-upload.ts";
import { toContactImportJson } from "./import-json.ts";
import { partRow } from "./import-queue.ts";
import { findInTurn, lineUp } from "./import-row.ts";
import { readHeader, type FileHeader } from "./read-header.ts";
import { DELIMITER_NAMES, type ContactImportJson, type CreateContactImportInput } from "./schemas.ts";
import { settleColumns } from "./settle-columns.ts";
import type { ImportColumn } from "./import-field.ts";
import { storeUpload, type StoredUpload } from "./store-upload.ts";

/** Of files of a tenant that are not read yet, or may be read once more, so many bytes are kept. */
const MOST_KEPT_BYTES = 2 * 1024 ** 3;
/** How large a file is is known once it is there, so of those that are arriving there are only a few. */
const MOST_ARRIVING = 8;

/**
 * Stores a file of contacts as it arrives, reads its first line and leaves its rows to the worker, in the name of whoever
 * asks. `validation_failed`: nothing that can be read, columns that there are not, none by which contacts are known;
 * `payload_too_large`; `conflict` when too much waits already.
 */
export async function createContactImport(
  ctx: RequestContext,
  { csv, ...input }: CreateContactImportInput,
): Promise<ContactImportJson> {
  const tenantId = authorize(ctx, "contacts.import");
  const importId = newId();
  const key = { tenantId, importId };
  await begin(ctx, key, input);
  try {
    const sql = ctx.database.tenantSql(tenantId);
    const stored = await storeUpload(sql, key, csv instanceof CsvUpload ? csv.bytes : inOnePiece(csv), input.encoding);
    if (ctx.idempotency) tellOfBytes(ctx.idempotency, stored.digest);
    const reader = createChunkReader(sql, { ...key, encoding: stored.encoding, start: { chunk: 0, offset: 0 } });
    const header = await readHeader(reader, input.delimiter && DELIMITER_NAMES[input.delimiter]);
    const attributes = await ctx.database.withTenant(tenantId, (tx) =>
      tx.contactAttribute.findMany({ where: { tenantId }, select: { key: true, label: true } }),
    );
    const columns = settleColumns(header.headers, attributes, input);
    const next = reader.placeOf(header.end);
    const json = await start(ctx, key, { stored, header, columns, next });
    if (json.id !== importId) await drop(ctx, key);
    return json;
  } catch (error) {
    await drop(ctx, key).catch((failure: unknown) => ctx.logger.warn({ err: failure, importId }, "an upload was left"));
    throw error;
  }
}

async function* inOnePiece(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

interface ImportKey {
  tenantId: string;
  importId: string;
}

function begin(
  ctx: RequestContext,
  { tenantId, importId: id }: ImportKey,
  { onMatch = "UPDATE", dryRun: isDryRun = false, fileName }: Partial<CreateContactImportInput>,
): Promise<void> {
  return ctx.database.withTenant(tenantId, async (tx) => {
    const { _sum: kept } = await tx.contactImport.aggregate({
      where: { tenantId, OR: [{ finishedAt: null }, { isDryRun: true, status: "DONE" }] },
      _sum: { size: true },
    });
    const arriving = await tx.contactImport.count({ where: { tenantId, status: "UPLOADING" } });
    if ((kept.size ?? 0) > MOST_KEPT_BYTES || arriving >= MOST_ARRIVING) {
      throw new DomainError("conflict", "Too many large files wait to be imported; wait for them, or cancel some.");
    }
    const now = ctx.clock.now();
    const createdBy = actorIdOf(ctx.actor);
    await tx.contactImport.create({
      data: {
        tenantId,
        id,
        isDryRun,
        onMatch,
        fileName: fileName ?? null,
        createdBy,
        createdAt: now,
        progressedAt: now,
      },
    });
  });
}

/** From here on it is there to be seen. Of a repetition under an Idempotency-Key the first one is. */
function start(
  ctx: RequestContext,
  { tenantId, importId: id }: ImportKey,
  {
    stored: { size, chunks, encoding },
    header,
    columns,
    next,
  }: { stored: StoredUpload; header: FileHeader; columns: ImportColumn[]; next: { chunk: number; offset: number } },
): Promise<ContactImportJson> {
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      // Whoever ends the one before wakes this one, or has done so already and this one sees it.
      await lineUp(sqlOf(tx), tenantId);
      const row = await tx.contactImport.update({
        where: { tenantId_id: { tenantId, id } },
        data: {
          status: "RUNNING",
          size,
          chunks,
          encoding,
          columns,
          delimiter: header.delimiter,
          nextChunk: next.chunk,
          nextOffset: next.offset,
          progressedAt: ctx.clock.now(),
        },
      });
      const inTurn = await findInTurn(sqlOf(tx), tenantId);
      if (inTurn?.importId === id) await ctx.outbox.enqueue(tx, [partRow({ tenantId, importId: id, rows: 0 })]);
      const json = toContactImportJson(row);
      // Headers and names of files are people's words, and the audit log is kept for longer.
      await recordAudit(ctx, tx, tenantId, {
        action: "contact_import.created",
        subject: { type: "contact_import", id },
        after: {
          dryRun: json.dryRun,
          onMatch: json.onMatch,
          size,
          fields: columns.flatMap(({ field }) => field ?? []),
        },
      });
      return json;
    }),
  );
}

async function drop(ctx: RequestContext, { tenantId, importId: id }: ImportKey): Promise<void> {
  await ctx.database.withTenant(tenantId, (tx) =>
    tx.contactImport.deleteMany({ where: { tenantId, id, status: "UPLOADING" } }),
  );
}
