import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { findContact } from "../contacts/index.ts";
import { actorIdOf, authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { toDataExportJson } from "./data-export-json.ts";
import { exportRow } from "./personal-data-queue.ts";
import type { DataExportJson } from "./schemas.ts";

/**
 * Has everything that there is of a contact put into an archive, in the background. Refuses as `not_found` a contact that
 * there is not, and as `conflict` one who was erased.
 */
export async function createDataExport(
  ctx: RequestContext,
  { id: contactId }: { id: string },
): Promise<DataExportJson> {
  const tenantId = authorize(ctx, "personal_data.export");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const contact = await findContact(tx, tenantId, contactId);
      if (contact.erasedAt)
        throw new DomainError("conflict", "This contact was erased, so there is nothing to export.");
      const id = newId();
      const now = ctx.clock.now();
      const createdBy = actorIdOf(ctx.actor);
      const row = await tx.dataExport.create({
        data: { tenantId, id, contactId, createdBy, createdAt: now, progressedAt: now },
      });
      await ctx.outbox.enqueue(tx, [exportRow({ tenantId, exportId: id })]);
      await recordAudit(ctx, tx, tenantId, {
        action: "contact.data_exported",
        subject: { type: "contact", id: contactId },
        after: { exportId: id },
      });
      return toDataExportJson(row);
    }),
  );
}
