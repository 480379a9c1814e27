import type { Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { readSurveySettings } from "../settings/index.ts";
import { cancelTimer, setTimer } from "../timers/index.ts";
import type { TicketRow } from "./lock-ticket.ts";
import type { MoveEffect } from "./transitions.ts";

const MINUTE_MS = 60_000;

/**
 * When a ticket ends that somebody of the company answered, its contact is to be asked some time later how satisfied they
 * are; whether that comes to pass is for `core/surveys`. When it is taken up again, nobody is asked, or answers, any more.
 */
export async function followWithSurvey(
  ctx: SystemContext,
  tx: Tx,
  ticket: TicketRow,
  effect: MoveEffect | undefined,
): Promise<void> {
  if (effect === "ends") await planSurvey(ctx, tx, ticket);
  if (effect === "reopens") await endSurvey(tx, ticket);
}

async function planSurvey(ctx: SystemContext, tx: Tx, { tenantId, id, firstResponseAt }: TicketRow): Promise<void> {
  if (firstResponseAt === null) return;
  const { survey } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { survey: true } });
  const { isEnabled, delayMinutes } = readSurveySettings(survey);
  if (!isEnabled) return;
  const dueAt = new Date(ctx.clock.now().getTime() + delayMinutes * MINUTE_MS);
  await setTimer(ctx, tx, { tenantId, kind: "ask_survey", subjectId: id }, dueAt);
}

async function endSurvey(tx: Tx, { tenantId, id }: TicketRow): Promise<void> {
  await cancelTimer(tx, { tenantId, kind: "ask_survey", subjectId: id });
  const { count } = await tx.satisfactionSurvey.updateMany({
    where: { tenantId, ticketId: id, state: "ASKED" },
    data: { state: "EXPIRED" },
  });
  if (count > 0) await cancelTimer(tx, { tenantId, kind: "expire_survey", subjectId: id });
}
