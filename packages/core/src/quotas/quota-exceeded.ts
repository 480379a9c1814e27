import type { UsageMeter } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { METER_WORDS } from "./meter-words.ts";

/** What is refused because a limit of the plan is reached, with what can be done about it. */
export function quotaExceeded(meter: UsageMeter): DomainError {
  return new DomainError(
    "quota_exceeded",
    `This month's ${METER_WORDS[meter]} of the company's plan are used up; ask the platform's administrators for a larger plan or for recharges, or wait for the next month.`,
  );
}

/** The same of a message that was accepted earlier, as its `error`. */
export const QUOTA_OBSTACLE = {
  code: "quota_exceeded",
  title: "The plan is used up",
  detail: "When it was to be sent, a limit of the company's plan was reached; send it again once there is room.",
  retryable: false,
};
