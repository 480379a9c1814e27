import { isWithinWindow } from "../conversations/index.ts";
import { appendMessageAs, SYSTEM_AUTHOR } from "../messages/index.ts";
import { findBlocked } from "../quotas/index.ts";
import { readSurveySettings } from "../settings/index.ts";
import { maySend } from "../tenants/index.ts";
import { lockTicket } from "../tickets/index.ts";
import type { TimerHandler } from "../timers/index.ts";
import { textsFor } from "./texts-for.ts";

/** What the timer of an answer does: the customer is thanked, if the company does so in their language. */
export const thankSurvey: TimerHandler = async (ctx, tx, { tenantId, subjectId: ticketId }) => {
  const { ticket, conversation } = await lockTicket(tx, tenantId, ticketId);
  const { status, survey } = await tx.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { status: true, survey: true },
  });
  const { blockedAt, metadata } = await tx.contact.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: ticket.contactId } },
    select: { blockedAt: true, metadata: true },
  });
  const { thanks: text } = textsFor(readSurveySettings(survey), metadata);
  if (text === null || !maySend(status) || blockedAt !== null) return;
  if (!isWithinWindow(conversation, ticket.channel, ctx.clock.now())) return;
  if (await findBlocked(ctx, tx, tenantId, "MESSAGES")) return;
  await appendMessageAs(ctx, tx, conversation, { text, isInternal: false, ticketId }, SYSTEM_AUTHOR);
};
