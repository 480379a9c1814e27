import { statement, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { readSurveySettings } from "../settings/index.ts";
import { setDueTimers } from "../timers/index.ts";
import { thanksAnybody } from "./texts-for.ts";

/** A message of a customer that would answer a survey, if its conversation has one. */
export interface PossibleAnswer {
  tenantId: string;
  conversationId: string;
  messageId: string;
  score: number;
  /** The message that it quotes, by the provider's id. */
  replyToExternalId: string | null;
  /** The provider's time. */
  writtenAt: Date;
}

/** A message that is the answer to the survey of a ticket. */
export interface SurveyAnswer {
  tenantId: string;
  ticketId: string;
  messageId: string;
  score: number;
  /** Whether somebody is to be thanked; see `thankForAnswers`. */
  isThanked: boolean;
}

interface AnsweredRow extends Omit<SurveyAnswer, "isThanked"> {
  settings: unknown;
}

// satisfaction_survey_asked_idx, message_pkey, ticket_one_open_key, ticket_pkey, timer_pkey, tenant_pkey. The question must
// have left, and the answer must not be older, but for clocks that differ. A bare number is an answer only while it cannot
// be one to anybody else; what quotes the question always is, and what quotes something else never.
const RECORD_ANSWERS = statement<AnsweredRow>(
  "survey_record_answers",
  `with answered as (
     update satisfaction_survey s
        set state = 'ANSWERED', score = a.score, answer_id = a.message_id, answered_at = $7
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::timestamptz[])
            as a (tenant_id, conversation_id, message_id, score, reply_to, written_at),
            message q
      where s.tenant_id = a.tenant_id and s.conversation_id = a.conversation_id and s.state = 'ASKED' and s.expires_at > $7
        and s.asked_at - interval '1 minute' < a.written_at
        and q.tenant_id = s.tenant_id and q.id = s.message_id and q.status not in ('QUEUED', 'FAILED', 'CANCELLED')
        and case when a.reply_to is not null then a.reply_to = q.external_id
                 else not exists (select from ticket t
                                   where t.tenant_id = s.tenant_id and t.conversation_id = s.conversation_id
                                     and t.status not in ('RESOLVED', 'CLOSED') and t.split_from_id is null)
            end
     returning s.tenant_id, s.ticket_id, s.answer_id, s.score
   ),
   scored as (
     update ticket t set survey_score = a.score, survey_scored_at = $7, updated_at = $7, version = t.version + 1
       from answered a where t.tenant_id = a.tenant_id and t.id = a.ticket_id
   ),
   cancelled as (
     delete from timer t using answered a
      where t.tenant_id = a.tenant_id and t.kind = 'expire_survey' and t.subject_id = a.ticket_id
   )
   select a.tenant_id as "tenantId", a.ticket_id as "ticketId", a.answer_id as "messageId", a.score, t.survey as settings
     from answered a join tenant t on t.id = a.tenant_id`,
);

/**
 * Records which of these messages answer the survey of their conversation, at most one for each conversation. The caller
 * holds the conversations' locks. Costs nothing without any.
 */
export async function recordAnswers(sql: Sql, possible: readonly PossibleAnswer[], at: Date): Promise<SurveyAnswer[]> {
  if (possible.length === 0) return [];
  const rows = await sql.rows(RECORD_ANSWERS, [
    possible.map(({ tenantId }) => tenantId),
    possible.map(({ conversationId }) => conversationId),
    possible.map(({ messageId }) => messageId),
    possible.map(({ score }) => score),
    possible.map(({ replyToExternalId }) => replyToExternalId),
    possible.map(({ writtenAt }) => writtenAt),
    at,
  ]);
  return rows.map(({ settings, ...answer }) => ({ ...answer, isThanked: thanksAnybody(readSurveySettings(settings)) }));
}

/** Has those thanked who answered, as soon as the transaction is over. */
export function thankForAnswers(
  ctx: SystemContext,
  sql: Sql,
  answers: readonly SurveyAnswer[],
  at: Date,
): Promise<void> {
  const timers = answers.filter(({ isThanked }) => isThanked);
  return setDueTimers(
    ctx,
    sql,
    timers.map(({ tenantId, ticketId: subjectId }) => ({ tenantId, kind: "thank_survey", subjectId })),
    at,
  );
}
