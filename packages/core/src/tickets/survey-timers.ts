import { sqlOf, statement, together, type AnyTx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { readSurveySettings } from "../settings/index.ts";
import { cancelTimer, setTimer } from "../timers/index.ts";
import type { TicketRow } from "./ticket-row.ts";
import type { MoveEffect } from "./transitions.ts";

const MINUTE_MS = 60_000;

const READ_SETTINGS = statement<{ survey: unknown }>("survey_read_settings", "select survey from tenant where id = $1");
// satisfaction_survey_pkey
const EXPIRE = statement(
  "survey_expire_asked",
  "update satisfaction_survey set state = 'EXPIRED' where tenant_id = $1 and ticket_id = $2 and state = 'ASKED'",
);

/**
 * When a ticket ends that somebody of the company answered, its contact is to be asked some time later how satisfied they
 * are; whether that comes to pass is for `core/surveys`. When it is taken up again, nobody is asked, or answers, any more.
 */
export async function followWithSurvey(
  ctx: SystemContext,
  tx: AnyTx,
  ticket: TicketRow,
  effect: MoveEffect | undefined,
): Promise<void> {
  if (effect === "ends") await planSurvey(ctx, tx, ticket);
  if (effect === "reopens") await endSurvey(tx, ticket);
}

async function planSurvey(ctx: SystemContext, tx: AnyTx, { tenantId, id, firstResponseAt }: TicketRow): Promise<void> {
  if (firstResponseAt === null) return;
  const [tenant] = await sqlOf(tx).rows(READ_SETTINGS, [tenantId]);
  const { isEnabled, delayMinutes } = readSurveySettings(tenant?.survey);
  if (!isEnabled) return;
  const dueAt = new Date(ctx.clock.now().getTime() + delayMinutes * MINUTE_MS);
  await setTimer(ctx, tx, { tenantId, kind: "ask_survey", subjectId: id }, dueAt);
}

async function endSurvey(tx: AnyTx, { tenantId, id }: TicketRow): Promise<void> {
  const [, expired] = await together([
    cancelTimer(tx, { tenantId, kind: "ask_survey", subjectId: id }),
    sqlOf(tx).run(EXPIRE, [tenantId, id]),
  ]);
  if (expired > 0) await cancelTimer(tx, { tenantId, kind: "expire_survey", subjectId: id });
}
