import type { RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { rawEventSelect, toRawEventJson } from "./raw-event-json.ts";
import { withRawEvents } from "./raw-event-scope.ts";
import type { ListRawEventsQuery, RawEventJson } from "./schemas.ts";

/** Newest first; ids are made from the time of arrival. Relies on raw_webhook_event_tenant_id_id_idx. */
export async function listRawEvents(ctx: RequestContext, query: ListRawEventsQuery): Promise<Page<RawEventJson>> {
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const { status, inboxId, since, limit } = query;
  const rows = await withRawEvents(ctx, "raw_events.read", (tx, scope) =>
    tx.rawWebhookEvent.findMany({
      where: {
        ...scope,
        status,
        inboxId,
        ...(since === undefined ? {} : { receivedAt: { gte: since } }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      select: rawEventSelect,
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (event) => [event.id]),
    toRawEventJson,
  );
}
