import { createTransport } from "nodemailer";
import { toMailError } from "./mail-error.ts";
import type { Mailer } from "./mailer.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** Of silence. Some servers check a mail for a while before they take it. */
const SOCKET_TIMEOUT_MS = 60_000;
const CONNECTIONS = 5;

/** `smtps://` speaks TLS from the first byte; `smtp://` begins it when the server offers it. */
export function createSmtpMailer(url: string, from: string): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail({ ...mail, from });
      } catch (error) {
        throw toMailError(error);
      }
    },
    close: () => transport.close(),
  };
}
