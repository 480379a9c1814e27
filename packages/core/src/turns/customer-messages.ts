/**
 * Of `message m`: it is something that a customer says. A reaction is not, nor is the news of their new number; ingest
 * opens no ticket for these.
 */
export const SAYS_SOMETHING = "m.direction = 'INBOUND' and m.type not in ('reaction', 'system')";

/** Of `message m`: whoever wrote it has taken it back. Its text is still there. */
export const IS_REVOKED = "m.content ? 'revokedAt'";

/** Of `message m`: it answers a survey, and nobody is to answer it. Relies on satisfaction_survey_pkey. */
export const ANSWERS_SURVEY = `exists (select from satisfaction_survey s
         where s.tenant_id = m.tenant_id and s.ticket_id = m.ticket_id and s.answer_id = m.id)`;

/** Of `message m`: the customer has it, or is to have it. */
export const IS_SAID = `m.direction = 'OUTBOUND' and not m.is_internal and m.status not in ('SCHEDULED', 'CANCELLED')`;
