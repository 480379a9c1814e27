import type { HardLimitPolicy, QuotaNoticeKind, UsageMeter } from "@parley/db";
import type { Mail } from "../mail/index.ts";
import { METER_WORDS } from "./meter-words.ts";

const THEN: Readonly<Record<HardLimitPolicy, string>> = {
  AUTO_RECHARGE: "When they are used up, more are bought by themselves, as often as your plan allows.",
  BLOCK_AI: "When they are used up, rules and the assistant stop until the next month. Customers still reach you.",
  BLOCK_OUTBOUND: "When they are used up, nothing is sent until the next month. Customers still reach you.",
  OVERAGE: "What is used beyond them has the price that your plan says.",
};

/** What those who run a company read when a limit of its plan is near or reached. */
export function quotaNoticeText(notice: {
  company: string;
  period: Date;
  meter: UsageMeter;
  kind: QuotaNoticeKind;
  used: bigint;
  included: bigint;
  policy: HardLimitPolicy;
  url: string;
}): Omit<Mail, "to"> {
  const { company, period, meter, kind, used, included, policy, url } = notice;
  const month = period.toISOString().slice(0, 7);
  const what = METER_WORDS[meter];
  return {
    subject:
      kind === "WARNING"
        ? `${company} has used most of its ${what} of ${month}`
        : `${company} has used up its ${what} of ${month}`,
    text: [
      `${company} has used ${used} of ${included} ${what} that its plan includes in ${month}.`,
      THEN[policy],
      "For a larger plan, ask the platform's administrators. What was used, and when, is to be seen here:",
      `${url}\n`,
    ].join("\n\n"),
  };
}
