import type { Logger } from "@parley/runtime";
import type { MailConfig } from "./config.ts";
import { createFileMailer } from "./file-mailer.ts";
import { createSmtpMailer } from "./smtp-mailer.ts";

export interface Mail {
  /** One address. */
  to: string;
  subject: string;
  text: string;
  html?: string;
}

export interface Mailer {
  /**
   * Resolves when the mail server has taken the mail over. A mail that it refuses for good is a DomainError
   * (`validation_failed`); any other error is worth another try. No error holds anything of the mail.
   */
  send(mail: Mail): Promise<void>;
  /** Waits for nothing: whoever sends has ended before. */
  close(): void;
}

/** Sends over SMTP, or writes files when no mail server is configured. */
export function createMailer(config: MailConfig, logger: Logger): Mailer {
  return config.smtpUrl === null ? createFileMailer(config, logger) : createSmtpMailer(config.smtpUrl, config.from);
}
