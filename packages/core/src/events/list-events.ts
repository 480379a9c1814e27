import { authorize, type RequestContext } from "../context/index.ts";
import { toCursor } from "../paging/index.ts";
import { toEventsJson } from "./event-json.ts";
import { cursorKeyOf, readLog, type EventRow } from "./read-log.ts";
import type { EventJson, ListEventsQuery } from "./schemas.ts";

/** A page of the log, and where to go on later: unlike `nextCursor` that is there on the last page as well. */
export interface LogPageJson {
  data: EventJson[];
  page: { nextCursor: string | null; endCursor: string | null };
}

/** The tenant's log, oldest first; see `readLog` for its order. */
export async function listEvents(ctx: RequestContext, query: ListEventsQuery): Promise<LogPageJson> {
  const tenantId = authorize(ctx, "events.read");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const { data, page } = await readLog(tx, { ...query, tenantId });
    const endCursor = data.length > 0 ? toCursor(cursorKeyOf(data.reduce(laterInLog))) : (query.cursor ?? null);
    return { data: await toEventsJson(tx, data), page: { ...page, endCursor } };
  });
}

/** By (txid, seq), which is not the order that the page is shown in. */
function laterInLog(first: EventRow, second: EventRow): EventRow {
  const difference = first.txid - second.txid;
  return difference > 0n || (difference === 0n && first.seq > second.seq) ? first : second;
}
