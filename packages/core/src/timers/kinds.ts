/** What can be put off, by the name under which it is kept. Each has one handler, in the worker that fires timers. */
export const TIMER_KINDS = [
  "wake_ticket",
  "send_scheduled",
  "ask_survey",
  "expire_survey",
  "thank_survey",
  "take_turn",
  "no_answer",
  "run_schedule",
  "auto_close",
  "forget_contact_merge",
] as const;

export type TimerKind = (typeof TIMER_KINDS)[number];

/** One thing that is put off: at most one of a kind for a subject. */
export interface TimerKey {
  tenantId: string;
  kind: TimerKind;
  subjectId: string;
}
