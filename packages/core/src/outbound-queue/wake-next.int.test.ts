import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildConversation, buildMessage, buildTenant, type BuiltMessage } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outboundQueue } from "./outbound-queue.ts";
import { wakeIfFirstAfterCommit, wakeNextAfterCommit } from "./wake-next.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [outboundQueue] });
});
afterAll(() => ctx.close());

/** A message of ours, and one that was accepted behind it. */
async function twoMessages(): Promise<{ front: BuiltMessage; behind: BuiltMessage }> {
  const tenant = await buildTenant(ctx);
  const conversation = await buildConversation(ctx, { tenantId: tenant.id });
  const ours = { direction: "OUTBOUND", externalId: null } as const;
  const front = await buildMessage(ctx, conversation, { ...ours, status: "SENDING" });
  const occurredAt = new Date(front.occurredAt.getTime() + 1);
  return { front, behind: await buildMessage(ctx, conversation, { ...ours, status: "QUEUED", occurredAt }) };
}

const payloadOf = ({ tenantId, id: messageId, inboxId, conversationId }: BuiltMessage) => ({
  tenantId,
  messageId,
  inboxId,
  conversationId,
});
const jobsOf = async (message: BuiltMessage) =>
  (await ctx.jobsOn(outboundQueue)).filter((job) => job.id.startsWith(`send-${message.id}`));
const settle = ({ tenantId, id }: BuiltMessage) =>
  ctx.database.withTenant(tenantId, (tx) =>
    tx.message.update({ where: { tenantId_id: { tenantId, id } }, data: { status: "SENT" } }),
  );

/** Waits for whatever the commit has set off: it was started before, and uses the same pool. */
const commit = async (register: (tx: object) => void): Promise<void> => {
  await ctx.database.withSystem(async (tx) => register(tx));
};

/** The context, with which what is read after a commit can be waited for. */
function seenLooking(looks: Promise<unknown>[]): TestContext {
  const { system } = ctx.database;
  const rows: typeof system.rows = (query, values) => {
    const read = system.rows(query, values);
    looks.push(read);
    return read;
  };
  return { ...ctx, database: { ...ctx.database, system: { ...system, rows } } };
}

test("whatever the order of two commits, the message behind is woken by one of them", async () => {
  const { front, behind } = await twoMessages();
  // Accepted while the one in front was unsettled, committed after it was settled: nobody else has seen it.
  await settle(front);
  await commit((tx) => wakeIfFirstAfterCommit(ctx, tx, payloadOf(behind)));
  await expect.poll(() => jobsOf(behind)).toMatchObject([{ payload: payloadOf(behind) }]);
});

test("a message that is still behind another is left to whoever settles that one", async () => {
  const { front, behind } = await twoMessages();
  const looks: Promise<unknown>[] = [];
  await commit((tx) => wakeIfFirstAfterCommit(seenLooking(looks), tx, payloadOf(behind)));
  await Promise.all(looks);
  await settle(front);
  const { tenantId, conversationId, id: messageId } = front;
  await ctx.database.system.transaction(async (sql) =>
    wakeNextAfterCommit(ctx, sql, [{ tenantId, conversationId, messageId }]),
  );
  await expect.poll(() => jobsOf(behind)).toMatchObject([{ id: `send-${behind.id}-after-${front.id}` }]);
});
