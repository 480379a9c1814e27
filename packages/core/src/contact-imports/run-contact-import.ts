import { sqlOf } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { actorIdOf, authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { createChunkReader } from "./chunk-reader.ts";
import { wakeInTurn } from "./end-import.ts";
import { lockContactImport, toContactImportJson } from "./import-json.ts";
import { runningImport, lineUp } from "./import-row.ts";
import { readHeader } from "./read-header.ts";
import type { ContactImportJson } from "./schemas.ts";
import { settleColumns } from "./settle-columns.ts";

/**
 * Makes a dry run that is done real, from its first row on, with the file that it has kept; in the name of whoever asks.
 * `conflict` for what is no such dry run, `validation_failed` when its columns name nobody.
 */
export async function runContactImport(ctx: RequestContext, { id }: { id: string }): Promise<ContactImportJson> {
  const tenantId = authorize(ctx, "contacts.import");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const sql = sqlOf(tx);
      await lineUp(sql, tenantId);
      const row = await lockContactImport(tx, tenantId, id);
      if (!row.isDryRun || row.status !== "DONE") {
        const what = row.isDryRun ? `a dry run that is ${toJsonEnum(row.status)}` : "no dry run";
        throw new DomainError("conflict", `This import is ${what}; only a dry run that is done can be made real.`);
      }
      const { columns, encoding, delimiter } = runningImport.parse(row);
      // Attributes may have gone since it was tried, and a dry run need not name anybody.
      const mapping = Object.fromEntries(columns.flatMap(({ header, field }) => (field ? [[header, field]] : [])));
      const attributes = await tx.contactAttribute.findMany({
        where: { tenantId },
        select: { key: true, label: true },
      });
      settleColumns(Object.keys(mapping), attributes, { mapping });
      const start = { chunk: 0, offset: 0 };
      const reader = createChunkReader(sql, { tenantId, importId: id, encoding, start });
      const next = reader.placeOf((await readHeader(reader, delimiter)).end);
      await tx.contactImportError.deleteMany({ where: { tenantId, importId: id } });
      const none = { rows: 0, created: 0, updated: 0, unchanged: 0, failed: 0, unreadable: 0 };
      const after = await tx.contactImport.update({
        where: { tenantId_id: { tenantId, id } },
        data: {
          ...none,
          status: "RUNNING",
          isDryRun: false,
          nextChunk: next.chunk,
          nextOffset: next.offset,
          createdBy: actorIdOf(ctx.actor),
          progressedAt: ctx.clock.now(),
          finishedAt: null,
        },
      });
      await wakeInTurn(ctx, sql, tenantId);
      await recordAudit(ctx, tx, tenantId, {
        action: "contact_import.run",
        subject: { type: "contact_import", id },
        before: { dryRun: true },
        after: { dryRun: false },
      });
      return toContactImportJson(after);
    }),
  );
}
