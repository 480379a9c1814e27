import type { Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { subjectsOf } from "./events-of-change.ts";
import type { TicketRow } from "./ticket-row.ts";

/**
 * Makes members followers of a ticket; who follows it already stays one. The caller has made sure that they are members
 * and stay so until the transaction ends.
 */
export async function addFollowers(
  ctx: SystemContext,
  tx: Tx,
  ticket: TicketRow,
  userIds: readonly string[],
  by: { actor: Pick<NewEvent, "actorType" | "actorId">; because?: string },
): Promise<void> {
  const { tenantId, id: ticketId } = ticket;
  const createdAt = ctx.clock.now();
  const added = await tx.ticketFollower.createManyAndReturn({
    data: userIds.toSorted().map((userId) => ({ tenantId, ticketId, userId, createdAt })),
    skipDuplicates: true,
    select: { userId: true },
  });
  const because = by.because === undefined ? {} : { because: by.because };
  const events = added.map(({ userId }): NewEvent => ({
    ...subjectsOf(ticket),
    ...by.actor,
    type: "TICKET_FOLLOWED",
    data: { userId, ...because },
  }));
  await publishEvents(ctx, tx, events);
}
