import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { decideDraft } from "./decide-draft.ts";
import { readDraft, toDraftJson } from "./draft-row.ts";
import type { AiDraftJson, RejectDraftInput } from "./schemas.ts";

/** Does nothing of what a draft proposes. `conflict`: it is decided already. */
export async function rejectDraft(ctx: RequestContext, input: RejectDraftInput & { id: string }): Promise<AiDraftJson> {
  const tenantId = authorize(ctx, "ai_drafts.decide");
  const { id, reason } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const draft = await readDraft(tx, tenantId, id);
      const conversation = await tx.conversation.findUniqueOrThrow({
        where: { tenantId_id: { tenantId, id: draft.conversationId } },
        select: { contactId: true },
      });
      return toDraftJson(await decideDraft(ctx, tx, draft, conversation, { state: "REJECTED", reason }));
    }),
  );
}
