import { lockTicket } from "../tickets/index.ts";
import type { TimerHandler } from "../timers/index.ts";

/** What the timer of a question does that nobody has answered in time. */
export const expireSurvey: TimerHandler = async (ctx, tx, { tenantId, subjectId: ticketId }) => {
  // The conversation's lock is held by whoever records an answer.
  await lockTicket(tx, tenantId, ticketId);
  await tx.satisfactionSurvey.updateMany({
    where: { tenantId, ticketId, state: "ASKED", expiresAt: { lte: ctx.clock.now() } },
    data: { state: "EXPIRED" },
  });
};
