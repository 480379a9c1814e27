export { createContactImport } from "./create-contact-import.ts";
export { CsvUpload } from "./csv-upload.ts";
export { exportImportErrors } from "./export-import-errors.ts";
export { forgetContactImports } from "./forget-contact-imports.ts";
export { endImport } from "./end-import.ts";
export { createContactImportHandlers } from "./import-handlers.ts";
export { importedId, timeOf } from "./imported-id.ts";
export { contactImportQueue } from "./import-queue.ts";
export { lineUp } from "./import-row.ts";
export { listContactImports } from "./list-contact-imports.ts";
export { reconcileContactImports } from "./reconcile-contact-imports.ts";
export { runContactImport } from "./run-contact-import.ts";
export {
  contactImportJson,
  contactImportQuery,
  createContactImportInput,
  listContactImportsQuery,
  shownContactImportJson,
  type ContactImportJson,
  type CreateContactImportInput,
} from "./schemas.ts";
export { joinValues } from "./several-values.ts";
export { MAX_UPLOAD_BYTES } from "./store-upload.ts";
export { showContactImport } from "./show-contact-import.ts";
export { cancelContactImport, pauseContactImport, resumeContactImport } from "./steer-contact-import.ts";
