import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { containsText } from "../search/index.ts";
import type { ListSnippetsQuery, SnippetJson } from "./schemas.ts";
import { toSnippetJson } from "./snippet-json.ts";

/** Newest first; ids are time-ordered. Relies on knowledge_snippet_pkey. */
export async function listSnippets(ctx: RequestContext, query: ListSnippetsQuery): Promise<Page<SnippetJson>> {
  const tenantId = authorize(ctx, "snippets.read");
  const { search, language, tag, isActive, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.knowledgeSnippet.findMany({
      where: {
        tenantId,
        language,
        isActive,
        ...(tag === undefined ? {} : { tags: { has: tag } }),
        ...(search === undefined ? {} : { OR: [{ title: containsText(search) }, { body: containsText(search) }] }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (snippet) => [snippet.id]),
    toSnippetJson,
  );
}
