import { authorize, type RequestContext } from "../context/index.ts";
import { findSnippets } from "./find-snippets.ts";
import type { FoundSnippetJson, SearchSnippetsQuery } from "./schemas.ts";

/** What answers to a question would rest on, the best first. */
export async function searchSnippets(
  ctx: RequestContext,
  { q, language, limit }: SearchSnippetsQuery,
): Promise<FoundSnippetJson[]> {
  const tenantId = authorize(ctx, "snippets.read");
  return ctx.database.withTenant(tenantId, (tx) =>
    findSnippets(tx, tenantId, { text: q, language: language ?? null, limit }),
  );
}
