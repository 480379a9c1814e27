import { statement } from "@parley/db";
import { z } from "zod";
import type { RequestContext } from "../context/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, timeKey, toCursor, type Page } from "../paging/index.ts";
import { refreshIndex } from "../search/index.ts";
import { toMessageJson } from "./message-json.ts";
import type { ListMessagesQuery, MessageJson } from "./schemas.ts";
import { selectMessages } from "./select-messages.ts";

/** Matches that a page looks through where something is asked for that the index does not know. */
const MOST_EXAMINED = 2_000;

interface Match {
  id: string;
  segment: number;
  at: Date;
  fits: boolean;
}

/** Where a message stands in the index. */
const placeKey = z.tuple([z.coerce.number<string>().int().min(0), ...timeKey.def.items]);

// search_document_terms_idx, message_pkey
const FIND = statement<Match>(
  "messages_search",
  `select s.id, s.segment, s.occurred_at as at,
          m.id is not null and ($3::uuid is null or m.conversation_id = $3)
            and ($4::message_direction is null or m.direction = $4) and ($5::message_status is null or m.status = $5)
            and ($10::text is null or m.campaign = $10) as fits
     from search_texts('MESSAGE', $2, false, null, null, null, $6::int, $7::timestamptz, $8::uuid, $9::int) s
     left join message m on m.tenant_id = $1 and m.id = s.id
    order by s.segment desc, s.occurred_at desc, s.id desc`,
);

/**
 * The messages that have the words of `search`, the newest first, as they came into the index. A page ends early when it has
 * looked through enough, and goes on behind that.
 */
export async function findMessages(
  ctx: RequestContext,
  tenantId: string,
  { search, conversationId, direction, status, campaign, limit, cursor }: ListMessagesQuery & { search: string },
): Promise<Page<MessageJson>> {
  const after = readCursor(cursor, placeKey) ?? [null, null, null];
  await refreshIndex(ctx, tenantId);
  const most = conversationId || direction || status || campaign !== undefined ? MOST_EXAMINED : rowsToRead(limit);
  const filters = [conversationId ?? null, direction ?? null, status ?? null];
  const values = [tenantId, search, ...filters, ...after, most, campaign ?? null];
  const sql = ctx.database.tenantSql(tenantId);
  const matches = await sql.rows(FIND, values);
  const fitting = matches.filter(({ fits }) => fits);
  const { data, page } = cutPage(fitting, limit, placeOf);
  const last = matches.at(-1);
  const isCutShort = page.nextCursor === null && matches.length === most && last !== undefined;
  const shown = selectMessages({ tenantId, ids: data.map(({ id }) => id) }, { order: "newest", limit });
  const rows = await sql.rows(shown.statement, shown.values);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const found = data.flatMap(({ id }) => byId.get(id) ?? []);
  return mapPage({ data: found, page: isCutShort ? { nextCursor: toCursor(placeOf(last)) } : page }, toMessageJson);
}

function placeOf({ segment, at, id }: Match): [number, Date, string] {
  return [segment, at, id];
}
