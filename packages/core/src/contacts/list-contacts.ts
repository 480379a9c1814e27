import { authorize, userIdOf, type RequestContext } from "../context/index.ts";
import { pickFields } from "../listed/index.ts";
import { cutPage, idKey, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { refreshIndex, type SearchedJson } from "../search/index.ts";
import { MOST_FOUND } from "./contact-condition.ts";
import { describeContacts } from "./contact-json.ts";
import { readSegmentFilter } from "./read-segment-filter.ts";
import type { ListContactsQuery, ListedContactJson } from "./schemas.ts";
import { countContacts, selectContacts, type SelectedContact } from "./select-contacts.ts";

/** A page of contacts and, where something was searched for, whether more would match than were looked through. */
interface ContactPage extends Page<ListedContactJson> {
  searched?: SearchedJson;
}

/**
 * The contacts that the filters mean and, with `segmentId`, those of the segment among them; newest first, as ids are
 * time-ordered. Refuses as `not_found` a segment that the caller does not see.
 */
export async function listContacts(
  ctx: RequestContext,
  asked: ListContactsQuery,
  { mostFound = MOST_FOUND }: { mostFound?: number } = {},
): Promise<ContactPage> {
  const tenantId = authorize(ctx, "contacts.read");
  const { limit, cursor, fields, include, segmentId, ...filter } = asked;
  const [before] = readCursor(cursor, idKey) ?? [];
  const sql = ctx.database.tenantSql(tenantId);
  const me = userIdOf(ctx.actor);
  const filters =
    segmentId === undefined ? [filter] : [await readSegmentFilter(sql, { tenantId, me }, segmentId), filter];
  const isSearch = filters.some(({ search }) => search !== undefined);
  if (isSearch) await refreshIndex(ctx, tenantId);
  const choice = { tenantId, mostFound };
  const withActivity = include?.includes("activity") ?? false;
  const query = selectContacts(filters, { ...choice, before, limit: rowsToRead(limit), withActivity });
  const selected = await sql.rows(query.statement, query.values);
  const { data: rows, page } = cutPage(selected, limit, ({ id }) => [id]);
  const contacts = await describeContacts(sql, tenantId, rows);
  return {
    data: contacts.map((contact, index) => ({ ...pickFields(contact, fields), ...activityOf(rows[index]) })),
    page,
    ...(isSearch && { searched: { isComplete: (await found()) < mostFound, newest: mostFound } }),
  };

  /** Rows tell; where there are none, among many that were found may be none that the other filters mean. */
  async function found(): Promise<number> {
    const [first] = selected;
    if (first) return first.found ?? 0;
    const { statement, values } = countContacts(filters, { ...choice, most: 1 });
    const [counted] = await sql.rows(statement, values);
    return counted?.found ?? 0;
  }
}

function activityOf(row: SelectedContact | undefined): Pick<ListedContactJson, "activity"> {
  if (!row?.activity) return {};
  const { lastSeenAt, ...counts } = row.activity;
  return { activity: { ...counts, lastSeenAt: lastSeenAt === null ? null : new Date(lastSeenAt).toISOString() } };
}
