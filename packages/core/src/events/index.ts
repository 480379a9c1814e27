export { toEventsJson } from "./event-json.ts";
export { listEvents, type LogPageJson } from "./list-events.ts";
export { publishEvents, publishEventsSql, type NewEvent } from "./publish-events.ts";
export { readTicketLog } from "./read-log.ts";
export { eventJson, listEventsQuery, type EventJson, type ListEventsQuery } from "./schemas.ts";
