import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, userIdOf, type RequestContext } from "../context/index.ts";
import { countContacts, MOST_FOUND, readSegmentFilter, selectContacts, type ContactFilter } from "../contacts/index.ts";
import { toCsv } from "../csv/index.ts";
import { refreshIndex } from "../search/index.ts";
import { cellOf } from "./cell-of.ts";
import { allColumns, attributeOfColumn, type ExportContactsQuery } from "./schemas.ts";

/** So many contacts are in memory at once. */
const PAGE = 500;
const BYTE_ORDER_MARK = "\ufeff";

/**
 * Contacts as CSV, newest first, piece by piece: each is read when the one before was taken, in a transaction of its own,
 * so a slow reader holds nothing. It goes down the ids from the newest that there is at the beginning: whoever was there
 * then and stays is in it once, and who comes meanwhile is not. That it was exported is in the audit log before. Refuses as
 * `validation_failed` attributes that there are not and a search that means too many, as `not_found` a segment that the
 * caller does not see. What is left of people who were erased is not in it.
 */
export async function exportContacts(
  ctx: RequestContext,
  query: ExportContactsQuery,
  { mostFound = MOST_FOUND }: { mostFound?: number } = {},
): Promise<AsyncIterable<string>> {
  const tenantId = authorize(ctx, "contacts.export");
  const { segmentId, columns: asked, bom = false, ...filter } = query;
  const me = userIdOf(ctx.actor);
  const sql = ctx.database.tenantSql(tenantId);
  const filters =
    segmentId === undefined ? [filter] : [await readSegmentFilter(sql, { tenantId, me }, segmentId), filter];
  await assertSearchEnds(ctx, filters, { tenantId, mostFound });
  const columns = await ctx.database.withTenant(tenantId, async (tx) => {
    const attributes = await tx.contactAttribute.findMany({
      where: { tenantId },
      select: { key: true },
      orderBy: { key: "asc" },
    });
    const keys = attributes.map(({ key }) => key);
    assertKnown(asked ?? [], keys);
    const chosen = asked ?? allColumns(keys);
    // What was looked for may be a name.
    await recordAudit(ctx, tx, tenantId, {
      action: "contacts.exported",
      subject: { type: "contact", id: null },
      after: { columns: chosen, filteredBy: Object.keys({ ...filter, ...(segmentId && { segmentId }) }) },
    });
    return chosen;
  });
  return readPieces(ctx, tenantId, { filters, columns, bom });
}

function assertKnown(columns: readonly string[], keys: readonly string[]): void {
  const unknown = columns.flatMap((column) => attributeOfColumn(column) ?? []).find((key) => !keys.includes(key));
  if (unknown === undefined) return;
  const message = `names the attribute ${unknown}, which contacts do not have`;
  throw new DomainError("validation_failed", `columns ${message}.`, { fields: [{ path: "columns", message }] });
}

/** What nobody would be told of is missing from no export. */
async function assertSearchEnds(
  ctx: RequestContext,
  filters: readonly ContactFilter[],
  { tenantId, mostFound }: { tenantId: string; mostFound: number },
): Promise<void> {
  if (!filters.some(({ search }) => search !== undefined)) return;
  await refreshIndex(ctx, tenantId);
  const { statement, values } = countContacts(filters, { tenantId, mostFound, most: 1 });
  const [counted] = await ctx.database.tenantSql(tenantId).rows(statement, values);
  if ((counted?.found ?? 0) < mostFound) return;
  const message = `means ${mostFound} contacts or more, of which only the newest are looked through; search for more of the name, or for none`;
  throw new DomainError("validation_failed", `search ${message}.`, { fields: [{ path: "search", message }] });
}

async function* readPieces(
  ctx: RequestContext,
  tenantId: string,
  { filters, columns, bom }: { filters: readonly ContactFilter[]; columns: readonly string[]; bom: boolean },
): AsyncGenerator<string> {
  yield `${bom ? BYTE_ORDER_MARK : ""}${toCsv([columns])}`;
  const sql = ctx.database.tenantSql(tenantId);
  let before: string | undefined;
  for (;;) {
    const { statement, values } = selectContacts(filters, {
      tenantId,
      before,
      limit: PAGE,
      withActivity: false,
      withErased: false,
    });
    const contacts = await sql.rows(statement, values);
    before = contacts.at(-1)?.id;
    if (before === undefined) return;
    yield toCsv(contacts.map((contact) => columns.map((column) => cellOf(contact, column))));
  }
}
