import type { SystemContext } from "../context/index.ts";

export interface Mail {
  /** One address. */
  to: string;
  subject: string;
  text: string;
}

/** What the worker that sends mails is given. */
export interface MailContext extends SystemContext {
  mailer: {
    /** Resolves when a mail server has taken the mail over. A refusal for good is a DomainError. */
    send(mail: Mail): Promise<void>;
  };
  /** The base of links, without a slash at its end. */
  appUrl: string;
}
