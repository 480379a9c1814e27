import { authorize, userIdOf, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { refreshIndex } from "../search/index.ts";
import { describeContacts } from "./contact-json.ts";
import { readSegmentFilter } from "./read-segment-filter.ts";
import type { ContactJson, ListContactsQuery, ListedContactJson } from "./schemas.ts";
import { selectContacts, type SelectedContact } from "./select-contacts.ts";

/**
 * The contacts that the filters mean and, with `segmentId`, those of the segment among them; newest first, as ids are
 * time-ordered. Refuses as `not_found` a segment that the caller does not see.
 */
export async function listContacts(ctx: RequestContext, query: ListContactsQuery): Promise<Page<ListedContactJson>> {
  const tenantId = authorize(ctx, "contacts.read");
  const { limit, cursor, fields, include, segmentId, ...filter } = query;
  const [before] = readCursor(cursor, idKey) ?? [];
  const sql = ctx.database.tenantSql(tenantId);
  const me = userIdOf(ctx.actor);
  const filters =
    segmentId === undefined ? [filter] : [await readSegmentFilter(sql, { tenantId, me }, segmentId), filter];
  if (filters.some(({ search }) => search !== undefined)) await refreshIndex(ctx, tenantId);
  const withActivity = include?.includes("activity") ?? false;
  const { statement, values } = selectContacts(filters, { tenantId, before, limit: rowsToRead(limit), withActivity });
  const { data: rows, page } = cutPage(await sql.rows(statement, values), limit, ({ id }) => [id]);
  const contacts = await describeContacts(sql, tenantId, rows);
  return { data: contacts.map((contact, index) => ({ ...pick(contact, fields), ...activityOf(rows[index]) })), page };
}

function pick(contact: ContactJson, fields: readonly (keyof ContactJson)[] | undefined): ListedContactJson {
  if (fields === undefined) return contact;
  const wanted = new Set<string>(["id", ...fields]);
  // Object.fromEntries forgets which keys there are.
  return Object.fromEntries(Object.entries(contact).filter(([field]) => wanted.has(field))) as ListedContactJson;
}

function activityOf(row: SelectedContact | undefined): Pick<ListedContactJson, "activity"> {
  if (!row?.activity) return {};
  const { lastSeenAt, ...counts } = row.activity;
  return { activity: { ...counts, lastSeenAt: lastSeenAt === null ? null : new Date(lastSeenAt).toISOString() } };
}
