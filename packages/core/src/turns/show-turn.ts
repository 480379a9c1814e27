import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchConversation } from "../conversations/index.ts";
import { readTurn, toTurnJson } from "./read-turn.ts";
import type { AiTurnJson } from "./schemas.ts";

/** Whether rules may answer in a conversation, and who or what keeps them from it. */
export async function showTurn(ctx: RequestContext, { id }: { id: string }): Promise<AiTurnJson> {
  const tenantId = authorize(ctx, "conversations.read");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const conversation = await tx.conversation.findUnique({
      where: { tenantId_id: { tenantId, id } },
      select: { id: true },
    });
    if (!conversation) throw noSuchConversation();
    return toTurnJson(await readTurn(tx, tenantId, id));
  });
}
