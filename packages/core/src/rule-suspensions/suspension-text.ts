import { mailTime, type Mail } from "../mail/index.ts";

/** What those who run a company read when one of its rules is left alone. */
export function suspensionText(suspension: {
  company: string;
  rule: string;
  reason: string;
  suspendedAt: Date;
  url: string;
}): Omit<Mail, "to"> {
  const { company, rule, reason, suspendedAt, url } = suspension;
  return {
    subject: `A rule of ${company} was suspended: ${rule}`,
    text: [
      `The rule "${rule}" of ${company} was suspended on ${mailTime(suspendedAt)} and does nothing any more. The reason:`,
      reason,
      "Mend what is named there, then resume the rule; what happened until then it is not asked about:",
      `${url}\n`,
    ].join("\n\n"),
  };
}
