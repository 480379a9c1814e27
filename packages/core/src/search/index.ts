export { beginsWith, containsText } from "./contains-text.ts";
export { foundContacts, isFoundContact } from "./find-contacts.ts";
export { indexPending, refreshIndex } from "./index-pending.ts";
export { readNameQuery } from "./name-query.ts";
export { describeName } from "./name-terms.ts";
export { SEGMENT_SIZE } from "./open-segment.ts";
export { INDEX_STEPS, rebuildIndex } from "./rebuild-index.ts";
export { searchText } from "./search-text.ts";
export {
  foundJson,
  searchedJson,
  searchQuery,
  type FoundJson,
  type SearchedJson,
  type SearchQuery,
} from "./schemas.ts";
export { search, type SearchPage } from "./search.ts";
