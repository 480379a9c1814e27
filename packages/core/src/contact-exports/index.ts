export { exportContacts } from "./export-contacts.ts";
export { exportContactsQuery, type ExportContactsQuery } from "./schemas.ts";
