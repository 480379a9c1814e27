export { createRebuild } from "./create-rebuild.ts";
export { listRebuilds } from "./list-rebuilds.ts";
export { createRebuildHandlers } from "./rebuild-handlers.ts";
export { rebuildQueue } from "./rebuild-queue.ts";
export { reconcileRebuilds } from "./reconcile-rebuilds.ts";
export { createRebuildInput, listRebuildsQuery, rebuildJson, type RebuildJson } from "./schemas.ts";
