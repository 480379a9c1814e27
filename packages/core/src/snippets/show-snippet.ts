import { authorize, type RequestContext } from "../context/index.ts";
import type { SnippetJson } from "./schemas.ts";
import { readSnippet } from "./snippet-json.ts";

export async function showSnippet(ctx: RequestContext, { id }: { id: string }): Promise<SnippetJson> {
  const tenantId = authorize(ctx, "snippets.read");
  return ctx.database.withTenant(tenantId, (tx) => readSnippet(tx, tenantId, id));
}
