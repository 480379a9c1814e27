import type { RequestContext } from "../context/index.ts";
import { noSuchRawEvent, toRawEventWithBodyJson } from "./raw-event-json.ts";
import { withRawEvents } from "./raw-event-scope.ts";
import type { RawEventWithBodyJson } from "./schemas.ts";

/** With what arrived, byte for byte but for its parsing. */
export async function showRawEvent(ctx: RequestContext, { id }: { id: string }): Promise<RawEventWithBodyJson> {
  const event = await withRawEvents(ctx, "raw_events.read", (tx, scope) =>
    tx.rawWebhookEvent.findFirst({ where: { ...scope, id } }),
  );
  if (!event) throw noSuchRawEvent();
  return toRawEventWithBodyJson(event);
}
