import { mailTime, type Mail } from "../mail/index.ts";

/** What somebody reads who has asked for a new password, or for whom somebody else did. */
export function passwordResetText(reset: { expiresAt: Date; url: string }): Omit<Mail, "to"> {
  return {
    subject: "Choose a new password for Parley",
    text: [
      "Somebody has asked for a new password for your account at Parley.",
      `If it was you, open this link to choose one; it works once, until ${mailTime(reset.expiresAt)}:`,
      reset.url,
      "If it was not you, ignore this mail: your password stays as it is.\n",
    ].join("\n\n"),
  };
}
