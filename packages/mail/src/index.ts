export { readAppUrl, readMailConfig, type MailConfig } from "./config.ts";
export { createMailer, type Mail, type Mailer } from "./mailer.ts";
