export { asIdentifierText, beginsWith, contactMatches, containsText, escapeLike } from "./contains-text.ts";
export { searchText } from "./search-text.ts";
