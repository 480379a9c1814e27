export { applyRawEvents } from "./apply-raw-events.ts";
export { createIngestHandlers } from "./ingest-handlers.ts";
export { reconcileRawEvents } from "./reconcile-raw-events.ts";
