export { blockContact, unblockContact } from "./block-contact.ts";
export { orderedIdentifiers, toIdentifierJson } from "./contact-json.ts";
export { findOrCreateContact } from "./find-or-create-contact.ts";
export { listContacts } from "./list-contacts.ts";
export {
  contactJson,
  identifierJson,
  listContactsQuery,
  type ContactJson,
  type IdentifierJson,
  type ListContactsQuery,
} from "./schemas.ts";
export { noSuchContact, showContact } from "./show-contact.ts";
