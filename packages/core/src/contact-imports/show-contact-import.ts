import { authorize, type RequestContext } from "../context/index.ts";
import { readContactImport, toContactImportJson } from "./import-json.ts";
import type { ShownContactImportJson } from "./schemas.ts";

const FIRST_ERRORS = 20;

/** One import, how far it is, and the first of what was not taken. Relies on contact_import_error_pkey. */
export async function showContactImport(ctx: RequestContext, { id }: { id: string }): Promise<ShownContactImportJson> {
  const tenantId = authorize(ctx, "contacts.import");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const row = await readContactImport(tx, tenantId, id);
    const firstErrors = await tx.contactImportError.findMany({
      where: { tenantId, importId: id },
      select: { row: true, reason: true },
      orderBy: { row: "asc" },
      take: FIRST_ERRORS,
    });
    return { ...toContactImportJson(row), firstErrors };
  });
}
