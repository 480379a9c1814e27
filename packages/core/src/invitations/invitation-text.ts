import type { MembershipRole } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import { mailTime, type Mail } from "../mail/index.ts";

/** What somebody reads who is asked to join a company. */
export function invitationText(invitation: {
  company: string;
  role: MembershipRole;
  expiresAt: Date;
  url: string;
}): Omit<Mail, "to"> {
  const { company, role, expiresAt, url } = invitation;
  return {
    subject: `${company} invites you to Parley`,
    text: [
      `You are invited to join ${company} on Parley as ${toJsonEnum(role)}.`,
      `Open this link to accept; it works once, until ${mailTime(expiresAt)}:`,
      url,
      "If you do not know the company, ignore this mail: nothing happens.\n",
    ].join("\n\n"),
  };
}
