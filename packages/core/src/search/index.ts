export { contactMatches, containsText } from "./contains-text.ts";
export { searchText } from "./search-text.ts";
