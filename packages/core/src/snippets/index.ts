export { changeSnippet } from "./change-snippet.ts";
export { createSnippet } from "./create-snippet.ts";
export { deleteSnippet } from "./delete-snippet.ts";
export { findSnippets, type FoundSnippet, type SnippetQuestion } from "./find-snippets.ts";
export { listSnippets } from "./list-snippets.ts";
export {
  changeSnippetInput,
  createSnippetInput,
  foundSnippetJson,
  listSnippetsQuery,
  searchSnippetsQuery,
  snippetJson,
  type ChangeSnippetInput,
  type CreateSnippetInput,
  type FoundSnippetJson,
  type ListSnippetsQuery,
  type SearchSnippetsQuery,
  type SnippetJson,
} from "./schemas.ts";
export { searchSnippets } from "./search-snippets.ts";
export { showSnippet } from "./show-snippet.ts";
