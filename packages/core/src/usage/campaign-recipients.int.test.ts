import { actingAs } from "@parley/queue/testing";
import { buildConversation } from "@parley/testing";
import { expect, test } from "vitest";
import { mergeContacts } from "../contact-merges/index.ts";
import type { RequestContext } from "../context/index.ts";
import { cancelMessage, sendMessage } from "../messages/index.ts";
import { followAgain } from "./follow-again.ts";
import { createLogFollower } from "./follow-log.ts";
import { compareUsage, proveUsage } from "./prove-usage.ts";
import { openUsageDeskForEachTest, type UsageDesk } from "./usage-desk.fixture.ts";

let desk: UsageDesk;
openUsageDeskForEachTest((opened) => (desk = opened));

const SYSTEM = { actorType: "SYSTEM" as const };

function agent(): RequestContext {
  return actingAs(desk.ctx, { userId: desk.agentId, tenantId: desk.tenantId, role: "ADMIN" });
}

/** A message that is accepted, by the agent; of no campaign unless one is named. */
async function accept(campaign?: string, { id: conversationId } = desk.conversation): Promise<string> {
  const text = { type: "text" as const, text: "Hello", isInternal: false };
  return (await sendMessage(agent(), { ...text, conversationId, campaign })).id;
}

/** What the outbound worker does about a message that the channel takes. */
async function leave(...ids: string[]): Promise<void> {
  await desk.ctx.database.withSystem((tx) =>
    tx.message.updateMany({ where: { id: { in: ids } }, data: { status: "SENT", attempts: 1 } }),
  );
  for (const messageId of ids) await desk.tell({ ...SYSTEM, type: "MESSAGE_SENT", messageId });
}

const recipients = async () => (await desk.ledger()).filter(({ kind }) => kind === "CAMPAIGN_RECIPIENT");

test("a contact counts once for all messages of a campaign, of which each counts as a message", async () => {
  await leave(await accept("Spring"), await accept("Spring"));
  await desk.follow();
  await leave(await accept("Spring"));
  await desk.follow();
  expect(await recipients()).toMatchObject([
    { quantity: 1n, channel: "WHATSAPP", category: "Spring", agentId: desk.agentId },
  ]);
  expect(await desk.rollUps()).toMatchObject({ quotas: [{ campaignRecipientsCount: 1n, messagesCount: 3n }] });
});

test("a contact counts once for each campaign, and each contact of one", async () => {
  const other = await buildConversation(desk.ctx, { tenantId: desk.tenantId });
  await leave(await accept("Spring"), await accept("spring"), await accept("Spring", other));
  await desk.follow();
  expect((await recipients()).map(({ category }) => category)).toEqual(["Spring", "spring", "Spring"]);
});

test("a contact counts once when several follow the log, and follow it again, in small pages", async () => {
  const ids: string[] = [];
  for (let count = 0; count < 12; count += 1) ids.push(await accept(count % 2 === 0 ? "Spring" : "Autumn"));
  await leave(...ids.toReversed(), ...ids);
  const followers = Array.from({ length: 3 }, () => createLogFollower(desk.ctx, { pageSize: 5 }));
  await Promise.all([
    ...followers.map((follower) => desk.follow(follower)),
    followAgain(desk.ctx, desk.tenantId, "0"),
    followAgain(desk.ctx, desk.tenantId, "0"),
  ]);
  expect(await recipients()).toHaveLength(2);
  expect(await compareUsage(desk.ctx, desk.tenantId, "0")).toBeUndefined();
});

test("nobody counts for what is cancelled, or fails before it has left", async () => {
  await cancelMessage(agent(), { id: await accept("Spring") });
  const failed = await accept("Spring");
  await desk.ctx.database.withSystem((tx) =>
    tx.message.updateMany({ where: { id: failed }, data: { status: "FAILED", attempts: 1 } }),
  );
  await desk.tell({ ...SYSTEM, type: "MESSAGE_STATUS_CHANGED", messageId: failed, data: { status: "failed" } });
  await desk.follow();
  expect(await desk.ledger()).toEqual([]);
});

test("nobody counts for a message of no campaign", async () => {
  await leave(await accept());
  await desk.follow();
  expect((await desk.ledger()).map(({ kind }) => kind)).toEqual(["OUTBOUND_MESSAGE"]);
});

test("what was counted still proves right after contacts were merged", async () => {
  const { ctx, tenantId, conversation } = desk;
  const other = await buildConversation(ctx, { tenantId, inboxId: conversation.inboxId });
  const [ofBoth, late] = [[await accept("Spring"), await accept("Spring", other)], await accept("Spring", other)];
  await leave(...ofBoth);
  await desk.follow();
  const before = await recipients();
  await mergeContacts(agent(), { id: conversation.contactId, sourceId: other.contactId });
  // Accepted as one to the contact who was merged, so it is no further one.
  await leave(late);
  await desk.follow();
  expect(await followAgain(ctx, tenantId, "0")).toBe(0);
  expect(await recipients()).toEqual(before);
  expect(before).toHaveLength(2);
  expect(await compareUsage(ctx, tenantId, "0")).toBeUndefined();
});

test("a recipient whom the ledger has missed is found by the proof, and written once", async () => {
  const { ctx, tenantId } = desk;
  await leave(await accept("Spring"), await accept("Spring"));
  const { txid } = await ctx.database.withSystem((tx) =>
    tx.event.findFirstOrThrow({ where: { tenantId }, select: { txid: true }, orderBy: { seq: "desc" } }),
  );
  await ctx.database.withSystem((tx) => tx.billingProgress.updateMany({ data: { txid: txid + 1n, seq: 0n } }));
  // Follows on to what comes later, so that nothing before it is under way any more.
  await leave(await accept());
  await desk.follow();
  expect(await proveUsage(ctx, tenantId, "0")).toMatchObject({ missing: 4 });
  expect(await recipients()).toHaveLength(1);
  expect(await compareUsage(ctx, tenantId, "0")).toBeUndefined();
});

test("however many campaigns there are, a day has one sum of their recipients", async () => {
  await leave(await accept("Spring"), await accept("Summer"), await accept("Autumn"));
  await desk.follow();
  const { daily } = (await desk.rollUps()) as { daily: { kind: string; category: string; quantity: bigint }[] };
  expect(daily.filter(({ kind }) => kind === "CAMPAIGN_RECIPIENT")).toMatchObject([
    { category: "campaign", quantity: 3n },
  ]);
});
