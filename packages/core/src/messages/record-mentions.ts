import type { Message, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import type { NewEvent } from "../events/index.ts";
import { addFollowers } from "../tickets/index.ts";

/**
 * Writes down whom a note names, and makes each of them a follower of its ticket. Returns their ids in order. Refuses as
 * `validation_failed` who is not a member of the company.
 */
export async function recordMentions(
  ctx: SystemContext,
  tx: Tx,
  message: Message,
  userIds: readonly string[],
  by: Pick<NewEvent, "actorType" | "actorId">,
): Promise<string[]> {
  if (userIds.length === 0) return [];
  const { tenantId, id: messageId, ticketId, createdAt } = message;
  const mentioned = [...new Set(userIds)].toSorted();
  await holdMembers(tx, tenantId, mentioned);
  await tx.messageMention.createMany({
    data: mentioned.map((userId) => ({ tenantId, messageId, userId, createdAt })),
  });
  if (ticketId !== null) {
    const ticket = await tx.ticket.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: ticketId } } });
    await addFollowers(ctx, tx, ticket, mentioned, { actor: by, because: "mentioned" });
  }
  return mentioned;
}

/** Whoever is removed in the same moment is waited for, or waits for this. */
async function holdMembers(tx: Tx, tenantId: string, userIds: readonly string[]): Promise<void> {
  const members = await tx.$queryRaw<{ user_id: string }[]>`
    select user_id from membership where tenant_id = ${tenantId}::uuid and user_id = any(${userIds}::uuid[])
     order by user_id for key share`;
  if (members.length === userIds.length) return;
  const message = "names somebody who is not a member of this company";
  throw new DomainError("validation_failed", `mentions ${message}.`, { fields: [{ path: "mentions", message }] });
}
