import { statement, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { partRow } from "./import-queue.ts";
import { findInTurn } from "./import-row.ts";

// contact_import_pkey
const END = statement(
  "contact_import_end",
  `update contact_import set status = $3::contact_import_status, reason = $4, finished_at = $5, progressed_at = $5
    where tenant_id = $1 and id = $2`,
);
// contact_import_chunk_pkey
const DROP_CHUNKS = statement(
  "contact_import_drop_chunks",
  "delete from contact_import_chunk where tenant_id = $1 and import_id = $2",
);
// contact_import_key_pkey
const DROP_KEYS = statement(
  "contact_import_drop_keys",
  "delete from contact_import_key where tenant_id = $1 and import_id = $2",
);

/**
 * Ends an import that is locked, deletes what was sent, and wakes the tenant's next. A dry run that is done keeps its
 * file, so that it can be made real.
 */
export async function endImport(
  ctx: Pick<SystemContext, "clock" | "outbox">,
  sql: Sql,
  { tenantId, importId, keepsFile = false }: { tenantId: string; importId: string; keepsFile?: boolean },
  { status, reason = null }: { status: "DONE" | "CANCELLED" | "FAILED"; reason?: string | null },
): Promise<void> {
  await sql.run(END, [tenantId, importId, status, reason, ctx.clock.now()]);
  if (!keepsFile) await sql.run(DROP_CHUNKS, [tenantId, importId]);
  await sql.run(DROP_KEYS, [tenantId, importId]);
  await wakeInTurn(ctx, sql, tenantId);
}

/** Wakes the import whose turn it is, when the one before is over or was paused. */
export async function wakeInTurn(ctx: Pick<SystemContext, "outbox">, sql: Sql, tenantId: string): Promise<void> {
  const next = await findInTurn(sql, tenantId);
  // The job of the same place may still be there, and about to end without having done anything.
  if (next) await ctx.outbox.enqueueSql(sql, [partRow({ tenantId, ...next }, newId())]);
}
