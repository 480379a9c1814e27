import { findContact } from "../contacts/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import type { ContactMergeJson, ListContactMergesQuery } from "./schemas.ts";

/** What was merged into the contact, newest first; ids are time-ordered. */
export async function listContactMerges(
  ctx: RequestContext,
  { id: targetId, limit, cursor }: ListContactMergesQuery & { id: string },
): Promise<Page<ContactMergeJson>> {
  const tenantId = authorize(ctx, "contacts.read");
  const [before] = readCursor(cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, async (tx) => {
    await findContact(tx, tenantId, targetId);
    return tx.contactMerge.findMany({
      where: { tenantId, targetId, ...(before === undefined ? {} : { id: { lt: before } }) },
      omit: { undo: true },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    });
  });
  const now = ctx.clock.now();
  return mapPage(
    cutPage(rows, limit, (merge) => [merge.id]),
    ({ id, sourceId, mergedBy, mergedAt, undoableUntil, undoneAt }) => ({
      id,
      sourceId,
      targetId,
      mergedBy,
      mergedAt: mergedAt.toISOString(),
      undoableUntil: undoneAt === null && undoableUntil > now ? undoableUntil.toISOString() : null,
      undoneAt: undoneAt?.toISOString() ?? null,
    }),
  );
}
