import { mailTime, type Mail } from "../mail/index.ts";

/** What somebody reads whom an escalation notifies. The customer's words are quoted in the text alone. */
export function slaNoticeText(notice: {
  company: string;
  ticket: { number: bigint | number; subject: string | null };
  /** Such as "first response to". */
  promise: string;
  startedAt: Date;
  /** Since when the escalation was due. */
  dueAt: Date;
  isMissed: boolean;
  url: string;
}): Omit<Mail, "to"> {
  const { company, ticket, promise, startedAt, dueAt, isMissed, url } = notice;
  const about = `ticket ${ticket.number} of ${company}`;
  const what = isMissed
    ? `The ${promise} ${about}, awaited since ${mailTime(startedAt)}, was late and still missing on ${mailTime(dueAt)}.`
    : `The ${promise} ${about}, awaited since ${mailTime(startedAt)}, threatened on ${mailTime(dueAt)} to be late.`;
  return {
    subject: `${isMissed ? "Late" : "Soon late"}: the ${promise} ${about}`,
    text: [
      what,
      ...(ticket.subject === null ? [] : [`It is about: ${ticket.subject}`]),
      "You follow the ticket from now on:",
      `${url}\n`,
    ].join("\n\n"),
  };
}
