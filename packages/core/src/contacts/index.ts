export { blockContact, unblockContact } from "./block-contact.ts";
export { changeContact } from "./change-contact.ts";
export { claimContacts, type ClaimedContact } from "./claim-contacts.ts";
export { MOST_FOUND } from "./contact-condition.ts";
export {
  contactFilterInput,
  contactFilterJson,
  storedContactFilter,
  toContactFilterJson,
  type ContactFilter,
} from "./contact-filter.ts";
export { describeContact, toIdentifierJson } from "./contact-json.ts";
export {
  CONTACT_IDENTIFIERS,
  findContact,
  noSuchContact,
  orderedIdentifiers,
  type HeldIdentifier,
} from "./contact-row.ts";
export { createContact, type CreatedContact } from "./create-contact.ts";
export { deleteContact } from "./delete-contact.ts";
export { findOrCreateContact } from "./find-or-create-contact.ts";
export { MAX_CONTACT_IDENTIFIERS } from "./given-identifiers.ts";
export type { Identifier } from "./identifier.ts";
export { listContacts } from "./list-contacts.ts";
export { listContactTags } from "./list-contact-tags.ts";
export { lookUpContacts } from "./look-up-contacts.ts";
export { assertStillMerged, noteAfterMerge, type SeenAfterMerge } from "./note-after-merge.ts";
export { mistakeInMetadata } from "./metadata.ts";
export { readIdentifier } from "./read-identifier.ts";
export { noSuchSegment, readSegmentFilter } from "./read-segment-filter.ts";
export {
  changeContactInput,
  contactJson,
  contactTagJson,
  createContactInput,
  identifierJson,
  listContactsQuery,
  listedContactJson,
  lookUpContactsQuery,
  MAX_CONTACT_TAGS,
  type ChangeContactInput,
  type ContactJson,
  type CreateContactInput,
  type IdentifierJson,
  type ListContactsQuery,
  type ListedContactJson,
  type LookUpContactsQuery,
} from "./schemas.ts";
export { countContacts, selectContacts, type SelectedContact } from "./select-contacts.ts";
export { showContact } from "./show-contact.ts";
