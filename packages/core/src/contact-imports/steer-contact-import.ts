import { sqlOf, type ContactImportStatus } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { endImport, wakeInTurn } from "./end-import.ts";
import { lockContactImport, readContactImport, toContactImportJson } from "./import-json.ts";
import { lineUp } from "./import-row.ts";
import type { ContactImportJson } from "./schemas.ts";

/** Lets an import rest: when this returns, no further row is written. One that rests already stays as it is. */
export function pauseContactImport(ctx: RequestContext, { id }: { id: string }): Promise<ContactImportJson> {
  return steer(ctx, id, { to: "PAUSED", verb: "pause" });
}

/** Lets an import that was paused go on. */
export function resumeContactImport(ctx: RequestContext, { id }: { id: string }): Promise<ContactImportJson> {
  return steer(ctx, id, { to: "RUNNING", verb: "resume" });
}

/** Ends an import and deletes its file; what it has written by then stays. */
export function cancelContactImport(ctx: RequestContext, { id }: { id: string }): Promise<ContactImportJson> {
  return steer(ctx, id, { to: "CANCELLED", verb: "cancel" });
}

const DONE_TO = {
  pause: "contact_import.paused",
  resume: "contact_import.resumed",
  cancel: "contact_import.cancelled",
};
const OVER: ReadonlySet<ContactImportStatus> = new Set(["DONE", "CANCELLED", "FAILED"] as const);

/** Waits for the rows that are being written. Refuses as `conflict` what is over. */
async function steer(
  ctx: RequestContext,
  id: string,
  { to, verb }: { to: "PAUSED" | "RUNNING" | "CANCELLED"; verb: keyof typeof DONE_TO },
): Promise<ContactImportJson> {
  const tenantId = authorize(ctx, "contacts.import");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const sql = sqlOf(tx);
      await lineUp(sql, tenantId);
      const row = await lockContactImport(tx, tenantId, id);
      if (row.status === to) return toContactImportJson(row);
      if (OVER.has(row.status)) {
        throw new DomainError("conflict", `This import is ${toJsonEnum(row.status)}, so there is nothing to ${verb}.`);
      }
      if (to === "CANCELLED") await endImport(ctx, sql, { tenantId, importId: id }, { status: to });
      else {
        const data = { status: to, progressedAt: ctx.clock.now() };
        await tx.contactImport.update({ where: { tenantId_id: { tenantId, id } }, data });
        await wakeInTurn(ctx, sql, tenantId);
      }
      await recordAudit(ctx, tx, tenantId, {
        action: DONE_TO[verb],
        subject: { type: "contact_import", id },
        before: { status: toJsonEnum(row.status) },
        after: { status: toJsonEnum(to) },
      });
      return toContactImportJson(await readContactImport(tx, tenantId, id));
    }),
  );
}
