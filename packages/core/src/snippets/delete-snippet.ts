import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { readLockedSnippet } from "./snippet-json.ts";

/** Drafts that rest on it keep its title. */
export async function deleteSnippet(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "snippets.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedSnippet(tx, tenantId, id);
    await tx.knowledgeSnippet.delete({ where: { tenantId_id: { tenantId, id } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "snippet.deleted",
      subject: { type: "snippet", id },
      before,
    });
  });
}
