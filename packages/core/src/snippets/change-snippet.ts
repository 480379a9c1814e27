import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import type { ChangeSnippetInput, SnippetJson } from "./schemas.ts";
import { readLockedSnippet, toSnippetJson } from "./snippet-json.ts";

/** Changes what is given. */
export async function changeSnippet(
  ctx: RequestContext,
  input: ChangeSnippetInput & { id: string },
): Promise<SnippetJson> {
  const tenantId = authorize(ctx, "snippets.manage");
  const { id, ...change } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedSnippet(tx, tenantId, id);
    const changed = await tx.knowledgeSnippet.update({
      where: { tenantId_id: { tenantId, id } },
      data: { ...change, updatedAt: ctx.clock.now() },
    });
    const after = toSnippetJson(changed);
    await recordAudit(ctx, tx, tenantId, {
      action: "snippet.changed",
      subject: { type: "snippet", id },
      before,
      after,
    });
    return after;
  });
}
