export { countRawEvents } from "./count-raw-events.ts";
export { listRawEvents } from "./list-raw-events.ts";
export { replayRawEvent } from "./replay-raw-event.ts";
export {
  listRawEventsQuery,
  rawEventJson,
  rawEventStatsJson,
  rawEventWithBodyJson,
  type ListRawEventsQuery,
  type RawEventJson,
  type RawEventStatsJson,
  type RawEventWithBodyJson,
} from "./schemas.ts";
export { showRawEvent } from "./show-raw-event.ts";
