/** Which rules led to what happens now: goes with the transaction, and into each event that is written in it. */
export interface Cause {
  /** Of the rule that acts. */
  executionId: string;
  /** The rules that led to it, by their ids; the one that acts is the last. */
  rules: readonly string[];
}

/** As events and timers keep it: JSON, null where no rule led to anything. */
export function toCauseColumn(cause: Cause | null | undefined): string | null {
  return cause ? JSON.stringify({ executionId: cause.executionId, rules: cause.rules }) : null;
}
