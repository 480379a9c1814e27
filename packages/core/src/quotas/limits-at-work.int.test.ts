import { newId } from "@parley/runtime";
import {
  buildConversation,
  buildInbox,
  buildMessage,
  buildTicket,
  unusedPhone,
  waitForLocks,
  waitUntil,
} from "@parley/testing";
import { describe, expect, test } from "vitest";
import { deliver, change, payload, text } from "../ingest/webhook.fixture.ts";
import { mailQueue } from "../mail/index.ts";
import { cancelMessage, retryMessage, sendMessage, sendScheduled } from "../messages/index.ts";
import { openTicket, splitTicket } from "../tickets/index.ts";
import { createLogFollower } from "../usage/index.ts";
import { findUnmailedQuotaNotices } from "./find-unmailed-quota-notices.ts";
import { openQuotaDeskForEachTest, outcomesOf, type QuotaDesk } from "./quota-desk.fixture.ts";
import { sendQuotaNotice } from "./send-quota-notice.ts";
import { settleLimits } from "./settle-limits.ts";
import { takeUnits } from "./take-units.ts";

let desk: QuotaDesk;
openQuotaDeskForEachTest((opened) => (desk = opened));

/** A hundred transactions take a while where other tests run beside them. */
const PATIENCE_MS = 120_000;
const BLOCKING = { hardLimitPolicy: "BLOCK_OUTBOUND" } as const;

async function send(isInternal = false) {
  const { id: conversationId } = await desk.conversation();
  return sendMessage(desk.agent, { conversationId, type: "text", text: "Hello", isInternal });
}

/** So many, one after the other; and which of them is whose turn. */
async function someConversations(count: number): Promise<(index: number) => { conversationId: string }> {
  const ids: string[] = [];
  while (ids.length < count) ids.push((await desk.conversation()).id);
  return (index) => ({ conversationId: ids[index % count] ?? "" });
}

/** The channel has said so. */
async function becomes(messageId: string, status: "SENT" | "FAILED"): Promise<void> {
  const { ctx, tenantId } = desk;
  await ctx.database.withSystem(async (tx) => {
    await tx.message.updateMany({ where: { tenantId, id: messageId }, data: { status, attempts: 1 } });
    const said =
      status === "SENT"
        ? { type: "MESSAGE_SENT" }
        : { type: "MESSAGE_STATUS_CHANGED", data: { status: status.toLowerCase() } };
    await tx.event.create({ data: { tenantId, actorType: "SYSTEM", messageId, ...said } });
  });
}

async function open() {
  const { id: conversationId } = await desk.conversation();
  return openTicket(desk.agent, { on: { conversationId } });
}

/** Customers write to an inbox of the company, each for the first time. */
async function hearFrom(count: number): Promise<void> {
  const { ctx, tenantId } = desk;
  const { externalId } = await buildInbox(ctx, { tenantId });
  const messages = Array.from({ length: count }, () =>
    text(unusedPhone().replace("+", ""), { body: "Hello?", at: ctx.clock.now() }),
  );
  await deliver(ctx, payload(change(externalId ?? "", { messages })));
}

async function follow(): Promise<void> {
  const { database } = desk.ctx;
  const { _max: newest } = await database.withSystem((tx) => tx.event.aggregate({ _max: { txid: true } }));
  const follower = createLogFollower(desk.ctx);
  await waitUntil(async () => {
    while (await follower.follow());
    const { txid } = await database.withSystem((tx) => tx.billingProgress.findUniqueOrThrow({ where: { id: 1 } }));
    return txid > (newest.txid ?? 0n);
  }, "the log is followed to its end");
}

describe("messages", () => {
  test(
    "of a hundred that are sent at once leave as many as are left, and what is refused leaves nothing behind",
    async () => {
      const { ctx, tenantId, agent } = desk;
      await desk.agree({ messageMonthlyQuota: 12, ...BLOCKING });
      const places = await someConversations(20);
      const attempt = (index: number) =>
        sendMessage(agent, { ...places(index), type: "text", text: "Hello", isInternal: false });
      expect(await outcomesOf(100, attempt)).toEqual({ done: 12, refused: ["quota_exceeded"] });
      expect(await ctx.database.withTenant(tenantId, (tx) => tx.message.count())).toBe(12);
    },
    PATIENCE_MS,
  );

  test("are refused with what to do, while notes are written", async () => {
    await desk.agree({ messageMonthlyQuota: 0, ...BLOCKING });
    await expect(send()).rejects.toThrow(/used up.* ask the platform's administrators .*or wait for the next month/);
    expect(await send(true)).toMatchObject({ isInternal: true });
  });

  test("give their unit back when they are cancelled, once", async () => {
    const { ctx, tenantId, agent } = desk;
    await desk.agree({ messageMonthlyQuota: 1, ...BLOCKING });
    const { id: conversationId } = await desk.conversation();
    const message = await sendMessage(agent, {
      conversationId,
      type: "text",
      text: "Oh",
      isInternal: false,
      undoSeconds: 60,
    });
    await expect(send()).rejects.toMatchObject({ code: "quota_exceeded" });
    await cancelMessage(agent, { id: message.id });
    await follow();
    expect(await desk.used("MESSAGES")).toBe(0n);
    await ctx.database.withSystem((tx) => tx.billingProgress.updateMany({ data: { txid: 0n, seq: 0n } }));
    await send();
    await follow();
    expect(await desk.used("MESSAGES")).toBe(1n);
    expect(await ctx.database.withTenant(tenantId, (tx) => tx.quotaHold.count())).toBe(1);
  });

  test("give it back when they failed, and take another when they are tried again", async () => {
    const { agent } = desk;
    await desk.agree({ messageMonthlyQuota: 1, ...BLOCKING });
    const { id } = await send();
    await becomes(id, "FAILED");
    await follow();
    expect(await desk.used("MESSAGES")).toBe(0n);
    await retryMessage(agent, { id, acceptDuplicate: false });
    expect(await desk.used("MESSAGES")).toBe(1n);
    await expect(send()).rejects.toMatchObject({ code: "quota_exceeded" });
  });

  test("keep it once they have left, which the ledger then counts", async () => {
    const { ctx, tenantId } = desk;
    await desk.agree({ messageMonthlyQuota: 5, ...BLOCKING });
    const { id } = await send();
    await becomes(id, "SENT");
    await follow();
    expect(await desk.used("MESSAGES")).toBe(1n);
    const [usage] = await ctx.database.withTenant(tenantId, (tx) => tx.tenantQuotaUsage.findMany());
    expect(usage?.messagesCount).toBe(1n);
    expect(await ctx.database.withTenant(tenantId, (tx) => tx.quotaHold.count())).toBe(0);
  });

  test("that left, failed and are tried again count once", async () => {
    const { ctx, tenantId, agent } = desk;
    await desk.agree({ messageMonthlyQuota: 5, ...BLOCKING });
    const { id } = await send();
    await becomes(id, "SENT");
    await becomes(id, "FAILED");
    await follow();
    expect(await desk.used("MESSAGES")).toBe(1n);
    await retryMessage(agent, { id, acceptDuplicate: false });
    await becomes(id, "SENT");
    await follow();
    expect(await desk.used("MESSAGES")).toBe(1n);
    expect(await ctx.database.withTenant(tenantId, (tx) => tx.quotaHold.count())).toBe(0);
  });

  test("keep their unit when they are tried again while it is read that they failed", async () => {
    const { ctx, tenantId } = desk;
    await desk.agree({ messageMonthlyQuota: 5, ...BLOCKING });
    const { id } = await send();
    await becomes(id, "FAILED");
    const { following } = await ctx.database.withSystem(async (tx) => {
      await tx.message.updateMany({ where: { tenantId, id }, data: { status: "QUEUED" } });
      const reading = follow();
      await waitForLocks(ctx.database, 1);
      return { following: reading };
    });
    await following;
    await follow();
    expect(await desk.used("MESSAGES")).toBe(1n);
    expect(await ctx.database.withTenant(tenantId, (tx) => tx.quotaHold.count())).toBe(1);
  });

  test("that were scheduled fail when by then nothing is left", async () => {
    const { ctx, tenantId, agent } = desk;
    const { id: conversationId } = await desk.conversation();
    const sendAt = new Date(ctx.clock.now().getTime() + 60_000);
    const { id } = await sendMessage(agent, { conversationId, type: "text", text: "Later", isInternal: false, sendAt });
    await desk.agree({ messageMonthlyQuota: 0, ...BLOCKING });
    ctx.clock.set(sendAt);
    await ctx.database.withSystem((tx) => sendScheduled(ctx, tx, { tenantId, subjectId: id, dueAt: sendAt }));
    const message = await ctx.database.withTenant(tenantId, (tx) => tx.message.findFirstOrThrow({ where: { id } }));
    expect(message).toMatchObject({ status: "FAILED", error: { code: "quota_exceeded" } });
  });
});

/** So many AI actions happen, which nobody has taken. */
async function actionsHappen(count: number): Promise<void> {
  const { ctx, tenantId } = desk;
  const data = Array.from({ length: count }, () => ({
    tenantId,
    type: "AI_ASSISTED",
    actorType: "SYSTEM" as const,
    data: { task: "translate", useId: newId() },
  }));
  await ctx.database.withSystem((tx) => tx.event.createMany({ data }));
  await follow();
}

function takeActions(units: number): Promise<void> {
  const { ctx, tenantId } = desk;
  return ctx.database.withTenant(tenantId, (tx) => takeUnits(ctx, tx, { tenantId, meter: "AI_ACTIONS", units }));
}

describe("AI actions", () => {
  test("that were used while there was no limit count", async () => {
    await actionsHappen(4);
    await desk.agree({ aiActionMonthlyQuota: 5, hardLimitPolicy: "BLOCK_AI" });
    await expect(takeActions(2)).rejects.toMatchObject({ code: "quota_exceeded" });
    await takeActions(1);
    await expect(takeActions(1)).rejects.toMatchObject({ code: "quota_exceeded" });
  });

  test("that were used while there was no limit for a while count, too", async () => {
    await desk.agree({ aiActionMonthlyQuota: 5, hardLimitPolicy: "BLOCK_AI" });
    await takeActions(1);
    await desk.agree({ hardLimitPolicy: "OVERAGE" });
    await actionsHappen(4);
    await desk.agree({ aiActionMonthlyQuota: 5, hardLimitPolicy: "BLOCK_AI" });
    expect(await desk.used("AI_ACTIONS")).toBe(4n);
    await expect(takeActions(2)).rejects.toMatchObject({ code: "quota_exceeded" });
    await takeActions(1);
  });
});

describe("tickets", () => {
  test(
    "of a hundred that people open at once are opened as many as are left, without gaps in their numbers",
    async () => {
      const { ctx, tenantId, agent } = desk;
      await desk.agree({ ticketMonthlyQuota: 7, ...BLOCKING });
      const places = await someConversations(100);
      expect(await outcomesOf(100, (index) => openTicket(agent, { on: places(index) }))).toEqual({
        done: 7,
        refused: ["quota_exceeded"],
      });
      const { lastTicketNumber } = await ctx.database.withTenant(tenantId, (tx) => tx.tenant.findFirstOrThrow());
      expect(lastTicketNumber).toBe(7n);
    },
    PATIENCE_MS,
  );

  test("that customers' messages open are never refused, and count", async () => {
    const { ctx, tenantId } = desk;
    await desk.agree({ ticketMonthlyQuota: 2, ...BLOCKING });
    await hearFrom(5);
    expect(await ctx.database.withTenant(tenantId, (tx) => tx.ticket.count())).toBe(5);
    await expect(open()).rejects.toMatchObject({ code: "quota_exceeded" });
    await expect(send()).rejects.toMatchObject({ code: "quota_exceeded" });
  });

  test("are not split off beyond the limit", async () => {
    const { ctx, tenantId, agent } = desk;
    const conversation = await buildConversation(ctx, { tenantId });
    const ticket = await buildTicket(ctx, conversation);
    const [first] = [
      await buildMessage(ctx, conversation, { ticketId: ticket.id }),
      await buildMessage(ctx, conversation, { ticketId: ticket.id }),
    ];
    await desk.agree({ ticketMonthlyQuota: 1, ...BLOCKING });
    await expect(splitTicket(agent, { id: ticket.id, messageIds: [first.id] })).rejects.toMatchObject({
      code: "quota_exceeded",
    });
  });

  test("of earlier months do not count", async () => {
    const { ctx, tenantId } = desk;
    const conversation = await buildConversation(ctx, { tenantId });
    await buildTicket(ctx, conversation, { status: "CLOSED", createdAt: new Date("2021-05-01T00:00:00Z") });
    await desk.agree({ ticketMonthlyQuota: 1, ...BLOCKING });
    await open();
    await expect(open()).rejects.toMatchObject({ code: "quota_exceeded" });
  });

  test("of customers are paid for by recharges up to the cap, where the plan says so", async () => {
    const recharging = { autoRechargeEnabled: true, autoRechargeUnits: 2, maxRechargesPerPeriod: 3 } as const;
    await desk.agree({
      ticketMonthlyQuota: 1,
      hardLimitPolicy: "AUTO_RECHARGE",
      whenExhausted: "BLOCK_AI",
      ...recharging,
    });
    await hearFrom(4);
    await follow();
    expect((await desk.recharges()).map(({ meter, units }) => [meter, units])).toEqual([
      ["TICKETS", 2],
      ["TICKETS", 2],
    ]);
    await hearFrom(9);
    await follow();
    await follow();
    expect(await desk.recharges()).toHaveLength(3);
    const [usage] = await desk.ctx.database.withTenant(desk.tenantId, (tx) => tx.tenantQuotaUsage.findMany());
    expect(usage).toMatchObject({ ticketsCount: 13n, autoRecharges: 3 });
  });
});

describe("those who run the company", () => {
  test("are told once a month that a limit is near, and once that it is reached", async () => {
    const { ctx, tenantId } = desk;
    await desk.agree({ ticketMonthlyQuota: 10, hardLimitPolicy: "OVERAGE" });
    await hearFrom(7);
    await follow();
    expect(await desk.told("QUOTA_WARNING")).toEqual([]);
    await hearFrom(1);
    await follow();
    const warning = { meter: "tickets", used: 8, included: 10, policy: "overage" };
    expect(await desk.told("QUOTA_WARNING")).toMatchObject([{ data: warning }]);
    await hearFrom(4);
    await Promise.all(Array.from({ length: 5 }, () => settleLimits(ctx, [tenantId])));
    await follow();
    expect(await desk.told("QUOTA_WARNING")).toHaveLength(1);
    expect(await desk.told("QUOTA_REACHED")).toMatchObject([{ data: { ...warning, used: 12 } }]);
    const jobs = (await ctx.jobsOn(mailQueue)).filter(({ id }) => id.includes(tenantId));
    expect(jobs.map(({ payload: job }) => job)).toMatchObject([{ kind: "WARNING" }, { kind: "REACHED" }]);
  });

  test("are mailed so, and it is found again until they were", async () => {
    const { ctx, tenantId } = desk;
    await desk.agree({ ticketMonthlyQuota: 1, hardLimitPolicy: "OVERAGE" });
    await hearFrom(1);
    await follow();
    const later = new Date(ctx.clock.now().getTime() + 1);
    const waiting = async () =>
      (await ctx.database.withSystem((tx) => findUnmailedQuotaNotices(tx, later))).filter(({ payload: job }) =>
        JSON.stringify(job).includes(tenantId),
      );
    const rows = await waiting();
    expect(rows).toHaveLength(2);
    const mails: { to: string; subject: string; text: string }[] = [];
    const mailer = { send: async (mail: { to: string; subject: string; text: string }) => void mails.push(mail) };
    const period = (await desk.ctx.database.withTenant(tenantId, (tx) => tx.quotaNotice.findMany()))[0]?.period;
    for (const kind of ["WARNING", "REACHED"] as const) {
      const job = { tenantId, period: period?.toISOString().slice(0, 10) ?? "", meter: "TICKETS" as const, kind };
      await sendQuotaNotice({ ...ctx, mailer, appUrl: "https://app.example" }, job);
      await sendQuotaNotice({ ...ctx, mailer, appUrl: "https://app.example" }, job);
    }
    expect(mails.map(({ subject }) => subject)).toEqual([
      expect.stringContaining("has used most of its tickets"),
      expect.stringContaining("has used up its tickets"),
    ]);
    expect(mails[0]?.text).toContain("1 of 1 tickets");
    expect(await waiting()).toEqual([]);
  });
});
