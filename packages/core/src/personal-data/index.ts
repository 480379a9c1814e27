export { createDataExport } from "./create-data-export.ts";
export { eraseContact } from "./erase-contact.ts";
export { forgetDataExports } from "./forget-data-exports.ts";
export { listDataExports } from "./list-data-exports.ts";
export { listErasures } from "./list-erasures.ts";
export { createPersonalDataHandlers } from "./personal-data-handlers.ts";
export { personalDataQueue } from "./personal-data-queue.ts";
export { readArchive } from "./read-archive.ts";
export { reconcilePersonalData } from "./reconcile-personal-data.ts";
export {
  dataExportJson,
  erasureJson,
  listDataExportsQuery,
  listErasuresQuery,
  type DataExportJson,
  type ErasureJson,
} from "./schemas.ts";
export { showDataExport } from "./show-data-export.ts";
export { showErasure } from "./show-erasure.ts";
