import type { LockedTicket } from "../tickets/index.ts";
import type { Composed } from "./compose-for.ts";
import type { RuleRun } from "./run-rule.ts";

/** A rule that is to act on a ticket whose locks the caller holds. */
export interface ReadyRun {
  run: RuleRun;
  locked: LockedTicket;
  /** `NOT_YET`: what it is to answer with is written only if there is a use for it. */
  composed: Composed | typeof NOT_YET | null;
}

export const NOT_YET = "not_yet";
