import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import {
  readConversation,
  type ChangeConversationInput,
  type ConversationJson,
  type LockedConversation,
} from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import { toJsonEnum } from "../json/index.ts";
import {
  applyTicketChange,
  asChanger,
  assertMember,
  assertTeam,
  assertVersion,
  holdAssignable,
} from "../tickets/index.ts";
import { lockWithTicket, type ConversationWithTicket } from "./lock-with-ticket.ts";

type Change = Omit<ChangeConversationInput, "version">;

/**
 * Changes what is given; what is so already is no change. Status, assignee and team of a conversation are those of the
 * ticket that is being worked on, so changing them changes the ticket; without one they are the conversation's alone.
 * With `expectedVersion` it is refused as `precondition_failed`, with `version` as `conflict`, when somebody changed the
 * conversation since.
 */
export async function changeConversation(
  ctx: RequestContext,
  input: ChangeConversationInput & { id: string; expectedVersion?: number | undefined },
): Promise<ConversationJson> {
  const tenantId = authorize(ctx, "conversations.change");
  const { id, version, expectedVersion, ...wanted } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    await holdAssignable(tx, tenantId, wanted);
    const locked = await lockWithTicket(tx, tenantId, id);
    const { conversation } = locked;
    if (expectedVersion !== undefined && expectedVersion !== conversation.version) {
      assertVersion(await readConversation(ctx, tx, tenantId, id), expectedVersion);
    }
    if (version !== undefined && version !== conversation.version) {
      throw new DomainError("conflict", "The conversation has changed since; read it again and repeat the change.");
    }
    const own = await changeTicketOf(ctx, tx, locked, differences(conversation, wanted));
    await changeItself(ctx, tx, conversation, own);
    return readConversation(ctx, tx, tenantId, id);
  });
}

/** Only what is not so yet. */
function differences(conversation: LockedConversation, wanted: Change): Change {
  const fields = (Object.keys(wanted) as (keyof Change)[]).filter(
    (field) => wanted[field] !== undefined && JSON.stringify(wanted[field]) !== JSON.stringify(conversation[field]),
  );
  return Object.fromEntries(fields.map((field) => [field, wanted[field]]));
}

/** Changes the ticket that is being worked on, and returns what is left to change about the conversation itself. */
async function changeTicketOf(
  ctx: RequestContext,
  tx: Tx,
  { inWork }: ConversationWithTicket,
  change: Change,
): Promise<Change> {
  if (!inWork) return change;
  const { status, assigneeId, teamId, ...own } = change;
  // Statuses of conversations are statuses of tickets.
  await applyTicketChange(ctx, tx, inWork, { status, assigneeId, teamId }, asChanger(ctx.actor));
  return own;
}

async function changeItself(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, id, contactId }: LockedConversation,
  change: Change,
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  if (change.assigneeId) await assertMember(tx, tenantId, change.assigneeId);
  if (change.teamId) await assertTeam(tx, tenantId, change.teamId);
  await tx.conversation.update({
    where: { tenantId_id: { tenantId, id } },
    data: { ...change, ...silenced(change), version: { increment: 1 } },
  });
  await publishEvents(ctx, tx, [
    {
      tenantId,
      type: "CONVERSATION_CHANGED",
      ...asEventActor(ctx.actor),
      contactId,
      conversationId: id,
      data: describe(change),
    },
  ]);
}

/** A muted conversation has nothing unread. */
function silenced({ isMuted }: Change): Prisma.ConversationUncheckedUpdateInput {
  return isMuted ? { unreadCount: 0 } : {};
}

/** For the log: what changed and what it became, except for what people wrote. */
function describe({ tags, status, ...change }: Change): Record<string, unknown> {
  return {
    changed: [...(status ? ["status"] : []), ...Object.keys(change), ...(tags ? ["tags"] : [])],
    ...change,
    ...(status && { status: toJsonEnum(status) }),
  };
}
