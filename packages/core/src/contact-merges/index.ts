export { forgetContactMerge } from "./forget-contact-merge.ts";
export { listContactMerges } from "./list-contact-merges.ts";
export { lockContacts } from "./lock-contacts.ts";
export { mergeContacts } from "./merge-contacts.ts";
export {
  contactMergeJson,
  listContactMergesQuery,
  mergeContactInput,
  mergedContactJson,
  undoneMergeJson,
  type ContactMergeJson,
  type ListContactMergesQuery,
  type MergeContactInput,
  type MergedContactJson,
  type UndoneMergeJson,
} from "./schemas.ts";
export { undoContactMerge } from "./undo-contact-merge.ts";
