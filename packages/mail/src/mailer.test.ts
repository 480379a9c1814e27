import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSilentLogger, DomainError, isRetryable } from "@parley/runtime";
import { pino } from "pino";
import { afterEach, describe, expect, test } from "vitest";
import { createMailer, type Mail, type Mailer } from "./mailer.ts";
import { startSmtpServer, type TestSmtpServer } from "./smtp-server.fixture.ts";

const LINK = "https://app.example/accept-invitation?token=a-token-that-nobody-else-may-read-0123456789";
const MAIL: Mail = {
  to: "agent.one@acme.example",
  subject: "Grüße aus Köln",
  text: `Grüße! Open this link:\n\n${LINK}\n`,
};
const FROM = "Parley <no-reply@parley.example>";

const toUndo: (() => unknown)[] = [];
afterEach(async () => {
  for (let undo = toUndo.pop(); undo; undo = toUndo.pop()) await undo();
});

async function startServer(options?: { password?: string }): Promise<TestSmtpServer> {
  const server = await startSmtpServer(options);
  toUndo.push(() => server.close());
  return server;
}

function open(smtpUrl: string | null, directory = "nowhere", logger = createSilentLogger()): Mailer {
  const mailer = createMailer({ smtpUrl, from: FROM, directory }, logger);
  toUndo.push(() => mailer.close());
  return mailer;
}

async function failureOf(mailer: Mailer): Promise<Error> {
  const outcome = await mailer.send(MAIL).catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error("the mail was sent");
  return outcome;
}

/** Quoted-printable text as a reader sees it: lines joined, bytes decoded. */
function decode(raw: string): string {
  const joined = raw.replaceAll(/=\r?\n/g, "");
  return Buffer.from(
    joined.replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
}

describe("over SMTP", () => {
  test("a mail reaches the server as it was given", async () => {
    const server = await startServer();
    await open(server.url).send(MAIL);
    expect(server.received).toMatchObject([{ from: "no-reply@parley.example", to: [MAIL.to], user: null }]);
    const raw = server.received[0]?.raw ?? "";
    expect(raw).toMatch(/^From: Parley <no-reply@parley.example>\r$/m);
    expect(raw).toMatch(/^To: agent.one@acme.example\r$/m);
    expect(raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(decode(raw)).toContain(`Grüße! Open this link:\r\n\r\n${LINK}\r\n`);
  });

  test("a mail has a part for each form in which it is given", async () => {
    const server = await startServer();
    await open(server.url).send({ ...MAIL, html: "<p>Open the link</p>" });
    const raw = server.received[0]?.raw ?? "";
    expect(raw).toMatch(/^Content-Type: text\/plain/m);
    expect(raw).toMatch(/^Content-Type: text\/html/m);
  });

  test("user and password of the URL are used", async () => {
    const server = await startServer({ password: "s3cret/word" });
    await open(server.url.replace("//", "//parley:s3cret%2Fword@")).send(MAIL);
    expect(server.received).toMatchObject([{ user: "parley" }]);
  });

  test("a line break in a name makes no further header", async () => {
    const server = await startServer();
    await open(server.url).send({ ...MAIL, subject: "Hello\r\nBcc: someone@else.example" });
    expect(server.received).toMatchObject([{ to: [MAIL.to] }]);
    expect(server.received[0]?.raw).not.toMatch(/^Bcc:/m);
  });

  test.each([
    ["a recipient", { recipients: 550 }],
    ["the mail", { mails: 554 }],
  ])("%s that is refused for good is not worth another try", async (_what, refused) => {
    const server = await startServer();
    server.refuse(refused);
    const error = await failureOf(open(server.url));
    expect(error).toBeInstanceOf(DomainError);
    expect(isRetryable(error)).toBe(false);
  });

  test.each([
    ["a recipient", { recipients: 451 }],
    ["the mail", { mails: 452 }],
  ])("%s that is refused for now is tried again, and then sent", async (_what, refused) => {
    const server = await startServer();
    server.refuse(refused);
    const mailer = open(server.url);
    expect(isRetryable(await failureOf(mailer))).toBe(true);
    server.refuse({ recipients: null, mails: null });
    await mailer.send(MAIL);
    expect(server.received).toHaveLength(1);
  });

  test("our own wrong password is for the operator to mend, so the mail is tried again", async () => {
    const server = await startServer({ password: "right" });
    const error = await failureOf(open(server.url.replace("//", "//parley:wrong@")));
    expect(isRetryable(error)).toBe(true);
    expect(error.message).toContain("EAUTH");
  });

  test("a server that is away is tried again", async () => {
    const server = await startSmtpServer();
    await server.close();
    expect(isRetryable(await failureOf(open(server.url)))).toBe(true);
  });

  test.each([{ mails: 554 }, { mails: 452 }, { recipients: 550 }])(
    "an error says nothing of the mail, even if the server quotes it: %j",
    async (refused) => {
      const server = await startServer();
      server.refuse(refused);
      const error = await failureOf(open(server.url));
      const told = JSON.stringify([error, error.message, error.stack, error.cause]);
      expect(told).not.toMatch(/a-token|agent\.one/);
    },
  );
});

/** Not there yet. */
async function newDirectory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "parley-mail-"));
  toUndo.push(() => rm(made, { recursive: true }));
  return join(made, "deep/mail");
}

describe("without a mail server", () => {
  test("a mail is a file that nobody else reads", async () => {
    const path = await newDirectory();
    await open(null, path).send(MAIL);
    const files = await readdir(path);
    expect(files).toEqual([expect.stringMatching(/^[\w-]+\.eml$/)]);
    const file = join(path, files[0] ?? "");
    const raw = await readFile(file, "utf8");
    expect(raw).toMatch(/^To: agent.one@acme.example\r$/m);
    expect(decode(raw)).toContain(`\r\n${LINK}\r\n`);
    expect([(await stat(file)).mode & 0o777, (await stat(path)).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test("the files stand in the order of the mails", async () => {
    const path = await newDirectory();
    const mailer = open(null, path);
    for (const subject of ["first", "second", "third"]) await mailer.send({ ...MAIL, subject });
    const files = (await readdir(path)).toSorted();
    const subjects = await Promise.all(
      files.map(async (file) => /^Subject: (\w+)/m.exec(await readFile(join(path, file), "utf8"))?.[1]),
    );
    expect(subjects).toEqual(["first", "second", "third"]);
  });

  test("the log says where, and nothing of what", async () => {
    const path = await newDirectory();
    const lines: string[] = [];
    await open(null, path, pino({ level: "trace" }, { write: (line) => void lines.push(line) })).send(MAIL);
    const log = lines.join("");
    expect(log).toContain(path);
    expect(log).not.toMatch(/a-token|agent\.one|Köln/);
  });
});
