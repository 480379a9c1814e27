import { startWorker, type RunningWorker } from "@parley/queue";
import type { TestJob } from "@parley/queue/testing";
import { createSilentLogger } from "@parley/runtime";
import { expect } from "vitest";
import { createAuthContext, type TestAuthContext } from "../auth/auth.fixture.ts";
import { mailQueue, type Mail, type MailContext } from "../mail/index.ts";
import { createMailHandlers } from "./mail-handlers.ts";

/** Verbs that enqueue mails, and a worker that sends them to `mails`. */
export interface MailStage {
  ctx: TestAuthContext;
  mailContext: MailContext;
  /** What has left, oldest first. */
  mails: Mail[];
  mailsTo(email: string): Mail[];
  /** As the worker does it: looks into every request for a new password that is there. */
  answerRequests(): Promise<void>;
  /** What happens to each mail before it leaves; an error keeps it from leaving. Null: nothing. */
  onMail(look: ((mail: Mail) => Promise<void>) | null): void;
  /** Everything that verbs and worker have logged, in whatever level. */
  logged: string[];
  startWorker(): void;
  close(): Promise<void>;
}

export const APP_URL = "https://app.example";

export async function openMailStage(): Promise<MailStage> {
  const logged: string[] = [];
  const record = (...line: unknown[]): void => void logged.push(line.map(toText).join(" "));
  const logger = Object.assign(createSilentLogger(), { debug: record, info: record, warn: record, error: record });
  const ctx = { ...(await createAuthContext()), logger };
  const mails: Mail[] = [];
  let look: ((mail: Mail) => Promise<void>) | null = null;
  const mailContext: MailContext = {
    ...ctx,
    appUrl: APP_URL,
    mailer: {
      async send(mail) {
        await look?.(mail);
        mails.push(mail);
      },
    },
  };
  let worker: RunningWorker | undefined;
  return {
    ctx,
    mailContext,
    mails,
    mailsTo: (email) => mails.filter(({ to }) => to === email),
    async answerRequests() {
      const requests = await ctx.database.withSystem((tx) =>
        tx.passwordResetRequest.findMany({ orderBy: { id: "asc" } }),
      );
      const handlers = createMailHandlers(mailContext);
      for (const { id } of requests) await handlers.answer_reset_request({ requestId: id });
    },
    onMail: (next) => void (look = next),
    logged,
    startWorker() {
      const handlers = createMailHandlers(mailContext);
      worker = startWorker({ redis: ctx.redis, queue: mailQueue, handlers, concurrency: 5, logger });
    },
    async close() {
      await worker?.close();
      await ctx.close();
    },
  };
}

/** The token of the link in a mail. */
export function tokenOf(mail: Mail | undefined): string {
  const token = /\?token=([\w-]+)$/m.exec(mail?.text ?? "")?.[1];
  if (token === undefined) throw new Error("there is a link in the mail");
  return token;
}

/** The jobs that mail these invitations or requests. */
export async function mailJobsOf(ctx: TestAuthContext, rows: readonly { id: string }[]): Promise<TestJob[]> {
  return (await ctx.jobsOn(mailQueue)).filter((job) => rows.some(({ id }) => job.id.endsWith(id)));
}

/** With what a link was refused. Fails the test when it was not, or for something else than its token. */
export async function refusalOfLink(attempt: Promise<unknown>): Promise<unknown> {
  const outcome = await attempt.catch((error: unknown) => error);
  expect(outcome).toMatchObject({ code: "validation_failed", fields: [{ path: "token" }] });
  return outcome;
}

function toText(part: unknown): string {
  return part instanceof Error ? String(part.stack) : (JSON.stringify(part, errorsAsText) ?? "");
}

function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? [value.stack, Object.entries(value)] : value;
}
