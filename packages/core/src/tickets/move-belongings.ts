import type { Tx } from "@parley/db";
import type { TicketRow } from "./ticket-row.ts";

/**
 * Lets what belongs to one ticket belong to another: messages, links and followers. The caller holds both tickets and
 * the conversations in which the first has messages.
 */
export async function moveBelongings(
  tx: Tx,
  move: { from: TicketRow; to: TicketRow; conversationIds: readonly string[] },
): Promise<void> {
  await moveMessages(tx, move);
  await moveLinks(tx, move);
  await moveFollowers(tx, move);
}

/** In the order of ids, as statuses lock them. Relies on message_tenant_id_conversation_id_occurred_at_id_idx. */
async function moveMessages(
  tx: Tx,
  {
    from: { tenantId, id },
    to,
    conversationIds,
  }: { from: TicketRow; to: TicketRow; conversationIds: readonly string[] },
): Promise<void> {
  await tx.$executeRaw`
    with moved as (
      select id from message
       where tenant_id = ${tenantId}::uuid and conversation_id = any(${conversationIds}::uuid[]) and ticket_id = ${id}::uuid
       order by id
         for no key update
    )
    update message m set ticket_id = ${to.id}::uuid from moved where m.tenant_id = ${tenantId}::uuid and m.id = moved.id`;
}

async function moveLinks(tx: Tx, { from, to }: { from: TicketRow; to: TicketRow }): Promise<void> {
  const { tenantId } = from;
  const links = await tx.ticketLink.findMany({ where: { tenantId, ticketId: from.id } });
  const linkedIds = links.map(({ linkedId }) => linkedId);
  const others = links.filter(({ linkedId }) => linkedId !== to.id);
  await tx.ticketLink.createMany({
    data: others.flatMap(({ linkedId, createdAt }) => [
      { tenantId, ticketId: to.id, linkedId, createdAt },
      { tenantId, ticketId: linkedId, linkedId: to.id, createdAt },
    ]),
    skipDuplicates: true,
  });
  // A link is a pair of rows, and ticket_link_pkey begins with the ticket.
  await tx.ticketLink.deleteMany({ where: { tenantId, ticketId: from.id } });
  await tx.ticketLink.deleteMany({ where: { tenantId, ticketId: { in: linkedIds }, linkedId: from.id } });
}

async function moveFollowers(tx: Tx, { from, to }: { from: TicketRow; to: TicketRow }): Promise<void> {
  const { tenantId } = from;
  const followers = await tx.ticketFollower.findMany({ where: { tenantId, ticketId: from.id } });
  await tx.ticketFollower.createMany({
    data: followers.map((follower) => ({ ...follower, ticketId: to.id })),
    skipDuplicates: true,
  });
  await tx.ticketFollower.deleteMany({ where: { tenantId, ticketId: from.id } });
}
