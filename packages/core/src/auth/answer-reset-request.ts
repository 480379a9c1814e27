import type { Tx } from "@parley/db";
import { outboxRow, type PayloadOf } from "@parley/queue";
import { newId } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { mailQueue } from "../mail/index.ts";

type Payload = PayloadOf<(typeof mailQueue)["jobs"]["answer_reset_request"]>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From the request on. */
const VALID_MS = HOUR_MS;

/**
 * How long after their last mail somebody is sent another, by how many they were sent within a day and have not used:
 * a mailbox is not filled by somebody else, six in a day are the most. Nor can somebody else use a fixed number up for
 * the whole day: each of the mails has a good link, and the longest wait is eight hours.
 */
const WAITS_MS = [0, MINUTE_MS, 10 * MINUTE_MS, 3 * HOUR_MS, 8 * HOUR_MS];

/**
 * Makes the link that a request asks for and has it mailed, if there is such a user and they were not sent too many. Links
 * that they were sent before stay good until they expire or one is used. The request is deleted, whatever becomes of it.
 */
export async function answerResetRequest(ctx: SystemContext, { requestId: id }: Payload): Promise<void> {
  await ctx.database.withSystem(async (tx) => {
    const request = await tx.passwordResetRequest.findUnique({ where: { id } });
    const { count } = await tx.passwordResetRequest.deleteMany({ where: { id } });
    if (!request || count === 0) return;
    const now = ctx.clock.now();
    const expiresAt = new Date(request.createdAt.getTime() + VALID_MS);
    if (expiresAt <= now) return;
    const userId = await lockUser(tx, request.email);
    if (userId === null || !(await isTimeForAnother(tx, userId, now))) return;
    const reset = await tx.passwordReset.create({ data: { id: newId(), userId, expiresAt, createdAt: now } });
    await ctx.outbox.enqueue(tx, [outboxRow(mailQueue, "send_password_reset", { passwordResetId: reset.id })]);
  });
}

/** Requests of one user wait for one another. app_user_email_key */
async function lockUser(tx: Tx, email: string): Promise<string | null> {
  const [user] = await tx.$queryRaw<{ id: string }[]>`select id from app_user where email = ${email} for no key update`;
  return user?.id ?? null;
}

/** Whoever has used a link reads their mails, and begins anew. password_reset_user_id_idx */
async function isTimeForAnother(tx: Tx, userId: string, now: Date): Promise<boolean> {
  const sent = await tx.passwordReset.findMany({
    where: { userId, createdAt: { gt: new Date(now.getTime() - DAY_MS) } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: WAITS_MS.length,
  });
  const lastUsed = sent.findIndex(({ usedAt }) => usedAt !== null);
  const unused = lastUsed === -1 ? sent : sent.slice(0, lastUsed);
  const waitMs = WAITS_MS[Math.min(unused.length, WAITS_MS.length - 1)] ?? 0;
  const [newest] = unused;
  return !newest || now.getTime() - newest.createdAt.getTime() >= waitMs;
}
