import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { archiveEntries } from "./archive-entries.ts";
import { sealChunk } from "./sealed-chunk.ts";
import { zipEntries } from "./zip-entries.ts";

/** So many bytes of an archive are in a row, before they are encrypted. */
const CHUNK_BYTES = 128 * 1024;
/** How long an archive can be fetched. */
const KEPT_MS = 7 * 24 * 3_600_000;

interface ExportKey {
  tenantId: string;
  exportId: string;
}

// data_export_pkey. What one run has begun another one begins anew: the time of the beginning tells them apart.
const BEGIN = statement<{ contactId: string; run: string }>(
  "data_export_begin",
  `update data_export set progressed_at = greatest($3::timestamptz, progressed_at + interval '1 ms')
    where tenant_id = $1 and id = $2 and status = 'RUNNING'
   returning contact_id as "contactId", progressed_at::text as "run"`,
);
// data_export_chunk_pkey
const DROP_CHUNKS = statement(
  "data_export_drop_chunks",
  "delete from data_export_chunk where tenant_id = $1 and export_id = $2",
);
// data_export_pkey
const INSERT_CHUNK = statement(
  "data_export_insert_chunk",
  `insert into data_export_chunk (tenant_id, export_id, position, sealed)
   select e.tenant_id, e.id, $4, $5 from data_export e
    where e.tenant_id = $1 and e.id = $2 and e.status = 'RUNNING' and e.progressed_at = $3::timestamptz
      for share`,
);
const FINISH = statement(
  "data_export_finish",
  `update data_export set status = 'READY', size = $4, chunks = $5, expires_at = $6
    where tenant_id = $1 and id = $2 and status = 'RUNNING' and progressed_at = $3::timestamptz`,
);
const CONTACT_IS_LEFT = statement<object>(
  "data_export_contact_is_left",
  "select from contact where tenant_id = $1 and id = $2 and erased_at is null",
);
const FAIL = statement(
  "data_export_fail",
  "update data_export set status = 'FAILED' where tenant_id = $1 and id = $2 and status = 'RUNNING'",
);

/**
 * Writes an archive, chunk by chunk, each encrypted and in a statement of its own. Whatever kills it costs all of the run:
 * the next one begins anew. A run that another one has replaced ends.
 */
export async function buildExport(ctx: SystemContext, { tenantId, exportId }: ExportKey): Promise<void> {
  const { system } = ctx.database;
  const key = [tenantId, exportId];
  const begun = await system.transaction(async (sql) => {
    const [row] = await sql.rows(BEGIN, [...key, ctx.clock.now()]);
    if (row) await sql.run(DROP_CHUNKS, key);
    return row;
  });
  if (!begun) return;
  const { contactId, run } = begun;
  if ((await system.rows(CONTACT_IS_LEFT, [tenantId, contactId])).length === 0) {
    await system.run(FAIL, key);
    return;
  }
  const entries = archiveEntries(ctx.database.tenantSql(tenantId), { tenantId, contactId });
  let [size, chunks] = [0, 0];
  for await (const bytes of inChunks(zipEntries(entries, ctx.clock.now()))) {
    const sealed = sealChunk(ctx.keyring, { tenantId, exportId, position: chunks }, bytes);
    if ((await system.run(INSERT_CHUNK, [...key, run, chunks, sealed])) === 0) return;
    size += bytes.length;
    chunks += 1;
  }
  await system.run(FINISH, [...key, run, size, chunks, new Date(ctx.clock.now().getTime() + KEPT_MS)]);
}

async function* inChunks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(waiting);
}
