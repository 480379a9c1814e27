import { ConfigError, isProduction, readUrl, type Env } from "@parley/runtime";

export interface MailConfig {
  /** The mail server; null: mails become files. */
  smtpUrl: string | null;
  /** The sender of every mail: `Name <address>`. */
  from: string;
  /** Where mails are written while there is no mail server. */
  directory: string;
}

const DEFAULT_FROM = "Parley <no-reply@parley.local>";
const DEFAULT_DIRECTORY = ".parley/mail";
const DEFAULT_APP_URL = "http://127.0.0.1:4000";

/** An address, alone or in angle brackets behind a name. */
const SENDER = /^(?:[^<>\p{Cc}]+ )?<?[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+>?$/u;

/** How mails leave. Throws a ConfigError that names the variable: in production they must leave. */
export function readMailConfig(env: Env): MailConfig {
  if (isProduction(env)) {
    demand(env, "SMTP_URL", "set it to the mail server, smtps://user:password@host or smtp://user:password@host:587");
    demand(env, "MAIL_FROM", "set it to the sender of mails, such as Parley <no-reply@your.domain>");
  }
  const from = env["MAIL_FROM"] || DEFAULT_FROM;
  if (!SENDER.test(from)) {
    throw new ConfigError(`MAIL_FROM must be an address or Name <address>, not "${from}"`);
  }
  return {
    smtpUrl: env["SMTP_URL"] ? readUrl(env, "SMTP_URL", ["smtp:", "smtps:"]) : null,
    from,
    directory: env["MAIL_DIRECTORY"] || DEFAULT_DIRECTORY,
  };
}

/** The base of the links in mails, without a slash at its end: where people open the product. */
export function readAppUrl(env: Env): string {
  if (isProduction(env)) demand(env, "APP_URL", "set it to the address at which people open Parley; mails link to it");
  return env["APP_URL"] ? readUrl(env, "APP_URL", ["https:", "http:"]).replace(/\/+$/, "") : DEFAULT_APP_URL;
}

function demand(env: Env, name: string, advice: string): void {
  if (!env[name]) throw new ConfigError(`${name} is missing: ${advice}`);
}
