import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { lockConversation } from "./lock-conversation.ts";
import type { ChangeConversationInput, ConversationJson } from "./schemas.ts";
import { readConversation } from "./show-conversation.ts";

/** Changes what is given. With `version`, only if nobody changed the conversation since; else `conflict`. */
export async function changeConversation(
  ctx: RequestContext,
  input: ChangeConversationInput & { id: string },
): Promise<ConversationJson> {
  const tenantId = authorize(ctx, "conversations.change");
  const { id, version, ...change } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const conversation = await lockConversation(tx, tenantId, id);
    if (version !== undefined && version !== conversation.version) {
      throw new DomainError("conflict", "The conversation has changed since; read it again and repeat the change.");
    }
    if (change.assigneeId) await assertMember(tx, tenantId, change.assigneeId);
    await tx.conversation.update({
      where: { tenantId_id: { tenantId, id } },
      data: { ...change, version: { increment: 1 } },
    });
    await publishEvents(ctx, tx, [
      {
        tenantId,
        type: "CONVERSATION_CHANGED",
        ...asEventActor(ctx.actor),
        contactId: conversation.contactId,
        conversationId: id,
        data: describe(change),
      },
    ]);
    return readConversation(ctx, tx, tenantId, id);
  });
}

/** For the log: which fields were given and what they became, except for what people wrote. */
function describe(change: Omit<ChangeConversationInput, "version">): Record<string, unknown> {
  const { status, assigneeId } = change;
  return {
    changed: Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field])),
    ...(status === undefined ? {} : { status: toJsonEnum(status) }),
    ...(assigneeId === undefined ? {} : { assigneeId }),
  };
}

/** Whoever is removed in the same moment is waited for, or waits for this. */
async function assertMember(tx: Tx, tenantId: string, userId: string): Promise<void> {
  const members = await tx.$queryRaw<object[]>`
    select user_id from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for key share`;
  if (members.length > 0) return;
  const message = "is not a member of this company";
  throw new DomainError("validation_failed", `The assignee ${message}.`, { fields: [{ path: "assigneeId", message }] });
}
