import type { Tx } from "@parley/db";
import { isWithinWindow, type LockedConversation } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import { appendMessageAs, SYSTEM_AUTHOR } from "../messages/index.ts";
import { findBlocked } from "../quotas/index.ts";
import { readSurveySettings, type SurveySettings } from "../settings/index.ts";
import { maySend } from "../tenants/index.ts";
import {
  findTicketInWork,
  isUnfinished,
  lockTicket,
  noSuchTicket,
  subjectsOf,
  type TicketRow,
} from "../tickets/index.ts";
import { setTimer, type TimerHandler } from "../timers/index.ts";
import { textsFor } from "./texts-for.ts";

const HOUR_MS = 3_600_000;
/** A contact is asked once in so long, whatever they had tickets about. */
const REST_MS = 7 * 24 * HOUR_MS;

/**
 * What the timer of a ticket that has ended does: its contact is asked how satisfied they are, in its conversation, unless
 * something speaks against it by now. Then nobody is asked later either.
 */
export const askSurvey: TimerHandler = async (ctx, tx, { tenantId, subjectId: ticketId }) => {
  const contact = await holdContact(tx, { tenantId, ticketId });
  const { ticket, conversation } = await lockTicket(tx, tenantId, ticketId);
  const now = ctx.clock.now();
  if (!(await mayAskAbout(tx, ticket, conversation, now))) return;
  const survey = await readEnabledSurvey(tx, tenantId);
  if (!survey) return;
  if (contact.blockedAt !== null || (await wasAskedLately(tx, ticket, now))) return;
  if (await findBlocked(ctx, tx, tenantId, "MESSAGES")) return;

  const { question: text } = textsFor(survey, contact.metadata);
  const draft = { text, isInternal: false, ticketId };
  const { id: messageId } = await appendMessageAs(ctx, tx, conversation, draft, SYSTEM_AUTHOR);
  const expiresAt = new Date(now.getTime() + survey.expiresAfterHours * HOUR_MS);
  await tx.satisfactionSurvey.create({
    data: { tenantId, ticketId, conversationId: conversation.id, messageId, askedAt: now, expiresAt },
  });
  await publishEvents(ctx, tx, [
    {
      ...subjectsOf(ticket),
      messageId,
      actorType: "SYSTEM",
      type: "SURVEY_ASKED",
      data: { expiresAt: expiresAt.toISOString() },
    },
  ]);
  await setTimer(ctx, tx, { tenantId, kind: "expire_survey", subjectId: ticketId }, expiresAt);
};

/** Whether ticket and conversation are still where a question about the ticket makes sense, and would arrive. */
async function mayAskAbout(tx: Tx, ticket: TicketRow, conversation: LockedConversation, now: Date): Promise<boolean> {
  const { tenantId, status, mergedIntoId, firstResponseAt, channel, inboxId: id } = ticket;
  if (isUnfinished(status) || mergedIntoId !== null || firstResponseAt === null) return false;
  if (!isWithinWindow(conversation, channel, now)) return false;
  // While another ticket is being worked on, the question would be about that one, and so would a bare number.
  if (await findTicketInWork(tx, ticket)) return false;
  const inbox = await tx.inbox.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id } },
    select: { status: true },
  });
  return inbox.status === "ACTIVE";
}

async function readEnabledSurvey(tx: Tx, id: string): Promise<SurveySettings | undefined> {
  const { status, survey } = await tx.tenant.findUniqueOrThrow({
    where: { id },
    select: { status: true, survey: true },
  });
  const settings = readSurveySettings(survey);
  return settings.isEnabled && maySend(status) ? settings : undefined;
}

/**
 * The ticket's contact, whom nobody else asks about another ticket in another conversation meanwhile. Locked before the
 * conversation, as ingest does.
 */
async function holdContact(tx: Tx, { tenantId, ticketId }: { tenantId: string; ticketId: string }) {
  const ticket = await tx.ticket.findUnique({
    where: { tenantId_id: { tenantId, id: ticketId } },
    select: { contactId: true },
  });
  if (!ticket) throw noSuchTicket();
  const { contactId: id } = ticket;
  await tx.$queryRaw`select id from contact where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for no key update`;
  return tx.contact.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id } },
    select: { blockedAt: true, metadata: true },
  });
}

/** Relies on satisfaction_survey_pkey and ticket_tenant_id_contact_id_created_at_idx. */
async function wasAskedLately(tx: Tx, { tenantId, id: ticketId, contactId }: TicketRow, now: Date): Promise<boolean> {
  const since = new Date(now.getTime() - REST_MS);
  const earlier = await tx.satisfactionSurvey.findFirst({
    where: { tenantId, OR: [{ ticketId }, { askedAt: { gt: since }, ticket: { contactId } }] },
    select: { ticketId: true },
  });
  return earlier !== null;
}
