import type { Tx } from "@parley/db";
import { outboxRow, type OutboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { mailQueue } from "../mail/index.ts";
import { openInvitations } from "./open-invitations.ts";

const LIMIT = 1_000;

/** Jobs for the open invitations that were made before `before` and wait for their mail. invitation_unmailed_idx */
export async function findUnmailedInvitations(ctx: SystemContext, tx: Tx, before: Date): Promise<OutboxRow[]> {
  const invitations = await tx.invitation.findMany({
    where: { ...openInvitations(ctx.clock.now()), mailedAt: null, createdAt: { lt: before } },
    orderBy: { createdAt: "asc" },
    take: LIMIT,
  });
  return invitations.map(({ tenantId, id }) => outboxRow(mailQueue, "send_invitation", { tenantId, invitationId: id }));
}
