import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { lockTenant } from "../tenants/index.ts";
import type { CreateSnippetInput, SnippetJson } from "./schemas.ts";
import { toSnippetJson } from "./snippet-json.ts";

/** A question is held against every snippet of a company: see `findSnippets`. */
export const MOST_SNIPPETS = 2_000;

/** Writes down something that answers may rest on. `conflict`: the company has as many as it can have. */
export async function createSnippet(ctx: RequestContext, input: CreateSnippetInput): Promise<SnippetJson> {
  const tenantId = authorize(ctx, "snippets.manage");
  const id = newId();
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      // Whoever writes one at the same time counts after us.
      await lockTenant(tx, tenantId);
      if ((await tx.knowledgeSnippet.count({ where: { tenantId } })) >= MOST_SNIPPETS) {
        throw new DomainError(
          "conflict",
          `A company has at most ${MOST_SNIPPETS} snippets; delete those that are not needed, or put several together.`,
        );
      }
      const now = ctx.clock.now();
      const data = { ...input, tenantId, id, createdAt: now, updatedAt: now };
      const snippet = toSnippetJson(await tx.knowledgeSnippet.create({ data }));
      await recordAudit(ctx, tx, tenantId, {
        action: "snippet.created",
        subject: { type: "snippet", id },
        after: snippet,
      });
      return snippet;
    }),
  );
}
