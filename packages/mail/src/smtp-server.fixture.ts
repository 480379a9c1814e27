import { SMTPServer } from "smtp-server";

/** What a mail server has taken over. */
export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and body, as they came. */
  raw: string;
  /** Who had signed in; null: nobody. */
  user: string | null;
}

export interface TestSmtpServer {
  /** smtp://host:port, without a user. */
  url: string;
  received: ReceivedMail[];
  /** From now on recipients (RCPT TO) or mails (DATA) are answered so; null: taken. */
  refuse(what: { recipients?: number | null; mails?: number | null }): void;
  close(): Promise<void>;
}

/** A mail server that speaks SMTP without TLS. With `password`, nobody sends without it. */
export async function startSmtpServer(options: { password?: string } = {}): Promise<TestSmtpServer> {
  const received: ReceivedMail[] = [];
  const refused: { recipients?: number | null; mails?: number | null } = {};
  const server = new SMTPServer({
    logger: false,
    disabledCommands: options.password === undefined ? ["STARTTLS", "AUTH"] : ["STARTTLS"],
    allowInsecureAuth: true,
    authOptional: options.password === undefined,
    onAuth(auth, _session, callback) {
      if (auth.password === options.password) callback(null, { user: auth.username });
      else callback(refusal(535, "the password is wrong"));
    },
    onRcptTo(address, _session, callback) {
      callback(refused.recipients ? refusal(refused.recipients, `${address.address} is not here`) : null);
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks).toString("utf8");
        if (refused.mails) return callback(refusal(refused.mails, `blocked because of: ${raw.slice(-100)}`));
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw,
          user: typeof session.user === "string" ? session.user : null,
        });
        callback(null);
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on a port");
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received,
    refuse: (what) => void Object.assign(refused, what),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
