import { statement } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { noSuchExport } from "./data-export-json.ts";
import { openChunk } from "./sealed-chunk.ts";

// data_export_chunk_pkey
const READ_CHUNK = statement<{ sealed: string }>(
  "data_export_read_chunk",
  "select sealed from data_export_chunk where tenant_id = $1 and export_id = $2 and position = $3",
);

/**
 * The archive of an export, piece by piece: each is read when the one before was taken. That it was fetched is in the audit
 * log before. Refuses as `conflict` one that is not ready, or is deleted by now.
 */
export async function readArchive(ctx: RequestContext, { id }: { id: string }): Promise<AsyncIterable<Uint8Array>> {
  const tenantId = authorize(ctx, "personal_data.export");
  const chunks = await ctx.database.withTenant(tenantId, async (tx) => {
    const row = await tx.dataExport.findUnique({ where: { tenantId_id: { tenantId, id } } });
    if (!row) throw noSuchExport();
    if (row.status !== "READY") {
      throw new DomainError("conflict", `This export is ${toJsonEnum(row.status)}; its archive cannot be fetched.`);
    }
    await recordAudit(ctx, tx, tenantId, {
      action: "contact.data_fetched",
      subject: { type: "contact", id: row.contactId },
      after: { exportId: id },
    });
    return row.chunks;
  });
  return readPieces(ctx, { tenantId, exportId: id }, chunks);
}

async function* readPieces(
  ctx: RequestContext,
  { tenantId, exportId }: { tenantId: string; exportId: string },
  chunks: number,
): AsyncGenerator<Uint8Array> {
  const sql = ctx.database.tenantSql(tenantId);
  for (let position = 0; position < chunks; position += 1) {
    const [chunk] = await sql.rows(READ_CHUNK, [tenantId, exportId, position]);
    if (!chunk) throw new Error("an archive was deleted while it was fetched");
    yield openChunk(ctx.keyring, { tenantId, exportId, position }, chunk.sealed);
  }
}
