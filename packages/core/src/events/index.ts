export { publishEvents, publishEventsSql, type NewEvent } from "./publish-events.ts";
