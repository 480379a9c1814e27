import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import {
  buildConversation,
  buildMessage,
  buildTenant,
  buildTicket,
  buildUser,
  type BuiltConversation,
} from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { createTimerHandlers, timerQueue } from "../timers/index.ts";
import { onlyTimers } from "../timers/only-timers.fixture.ts";
import { cancelMessage } from "./cancel-message.ts";
import { listConversationMessages } from "./list-thread.ts";
import { rescheduleMessage } from "./reschedule-message.ts";
import { retryMessage } from "./retry-message.ts";
import type { MessageJson } from "./schemas.ts";
import { sendMessage } from "./send-message.ts";
import { sendScheduled } from "./send-scheduled.ts";
import { showMessage } from "./show-message.ts";

const HOUR_MS = 3_600_000;

let ctx: TestContext;
let tenantId: string;
let conversation: BuiltConversation;
let agent: RequestContext;

beforeAll(async () => {
  ctx = await createTestContext({ queues: [timerQueue, outboundQueue] });
});
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  conversation = await buildConversation(ctx, { tenantId, unreadCount: 2 });
  agent = actingAs(ctx, { userId: (await buildUser(ctx, { tenantId })).id, tenantId });
});
afterAll(() => ctx.close());

const inMs = (ms: number): Date => new Date(ctx.clock.now().getTime() + ms);

const send = (text: string, sendAt?: Date): Promise<MessageJson> =>
  sendMessage(agent, { conversationId: conversation.id, type: "text", text, isInternal: false, sendAt });

const status = async (message: MessageJson): Promise<string> => (await showMessage(agent, message)).status;

/** What the worker does with the job of a message's timer. */
function fire({ id: subjectId }: MessageJson) {
  const { fire_timer: run } = createTimerHandlers(ctx, onlyTimers({ send_scheduled: sendScheduled }));
  return run({ tenantId, kind: "send_scheduled", subjectId, dueAt: 0 });
}

const rowOf = ({ id }: MessageJson) =>
  ctx.database.withTenant(tenantId, (tx) => tx.message.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } }));
const conversationNow = () =>
  ctx.database.withTenant(tenantId, (tx) => tx.conversation.findFirstOrThrow({ where: { id: conversation.id } }));
const timersLeft = () => ctx.database.withTenant(tenantId, (tx) => tx.timer.count());

async function eventsOf({ id: messageId }: MessageJson) {
  const events = await ctx.database.withTenant(tenantId, (tx) =>
    tx.event.findMany({ where: { messageId }, orderBy: { seq: "asc" } }),
  );
  return events.map(({ type, actorType, data }) => ({ type, actorType, data }));
}

async function jobsOf({ id }: MessageJson): Promise<string[]> {
  const jobs = await ctx.jobsOn(outboundQueue);
  return jobs.filter(({ payload }) => (payload as { messageId: string }).messageId === id).map((job) => job.id);
}

const thread = async (): Promise<(string | undefined)[]> => {
  const { data } = await listConversationMessages(agent, { conversationId: conversation.id, limit: 50 });
  return data.map(({ content }) => content?.text);
};

describe("a message for later", () => {
  test("waits, changes nothing, and holds up nobody", async () => {
    const later = await send("later", inMs(HOUR_MS));
    expect(later).toMatchObject({ status: "scheduled", scheduledFor: inMs(HOUR_MS).toISOString() });
    expect(await eventsOf(later)).toEqual([
      { type: "MESSAGE_SCHEDULED", actorType: "AGENT", data: { type: "text", sendAt: inMs(HOUR_MS).toISOString() } },
    ]);
    expect(await conversationNow()).toMatchObject({ lastMessageId: null, unreadCount: 2, version: 1 });
    const now = await send("now");
    expect([await jobsOf(later), await jobsOf(now)]).toEqual([[], [`send-${now.id}`]]);
    expect((await rowOf(now)).occurredAt).toEqual(ctx.clock.now());
  });

  test("stands at the end of the thread, by its time", async () => {
    await send("in two hours", inMs(2 * HOUR_MS));
    await send("in an hour", inMs(HOUR_MS));
    await send("now");
    await buildMessage(ctx, conversation, { content: { text: "before" }, occurredAt: inMs(-HOUR_MS) });
    expect(await thread()).toEqual(["before", "now", "in an hour", "in two hours"]);
  });

  test("is queued at its time, at the end of the conversation, and answers it", async () => {
    const ticket = await buildTicket(ctx, conversation);
    const later = await send("later", inMs(HOUR_MS));
    ctx.clock.advance(HOUR_MS);
    const meanwhile = await send("meanwhile");
    await ctx.database.withTenant(tenantId, (tx) =>
      tx.message.update({ where: { tenantId_id: { tenantId, id: meanwhile.id } }, data: { status: "READ" } }),
    );
    await ctx.database.withTenant(tenantId, (tx) => tx.conversation.updateMany({ data: { unreadCount: 3 } }));
    await fire(later);
    const { occurredAt } = await rowOf(later);
    expect(await status(later)).toBe("queued");
    expect(occurredAt.getTime()).toBe((await rowOf(meanwhile)).occurredAt.getTime() + 1);
    expect(await jobsOf(later)).toEqual([`send-${later.id}`]);
    expect((await eventsOf(later)).at(-1)).toEqual({
      type: "MESSAGE_QUEUED",
      actorType: "SYSTEM",
      data: { type: "text", because: "scheduled" },
    });
    // What the customer has written since then has not been read by anybody.
    expect(await conversationNow()).toMatchObject({ lastMessageId: later.id, unreadCount: 3 });
    expect(later.ticketId).toBe(ticket.id);
    expect(await timersLeft()).toBe(0);
  });

  test("is the ticket's first response once it is queued, and not when it is written", async () => {
    const { id } = await buildTicket(ctx, conversation);
    const firstResponseAt = async () =>
      (await ctx.database.withTenant(tenantId, (tx) => tx.ticket.findFirstOrThrow({ where: { id } }))).firstResponseAt;
    const later = await send("later", inMs(HOUR_MS));
    expect(await firstResponseAt()).toBeNull();
    ctx.clock.advance(HOUR_MS);
    await fire(later);
    expect(await firstResponseAt()).toEqual(ctx.clock.now());
    ctx.clock.advance(1_000);
    // The channel has refused the first attempt, and there will be another.
    await ctx.database.withTenant(tenantId, (tx) =>
      tx.message.updateMany({
        where: { id: later.id },
        data: { updatedAt: ctx.clock.now(), nextAttemptAt: inMs(HOUR_MS) },
      }),
    );
    ctx.clock.advance(1_000);
    await cancelMessage(agent, later);
    expect(await firstResponseAt()).toBeNull();
  });

  test("waits behind what has not left, which wakes it", async () => {
    const later = await send("later", inMs(HOUR_MS));
    await send("in front");
    ctx.clock.advance(HOUR_MS);
    await fire(later);
    expect([await status(later), await jobsOf(later)]).toEqual(["queued", []]);
  });

  test("is queued once, however many workers fire its timer", async () => {
    const later = await send("later", inMs(HOUR_MS));
    ctx.clock.advance(HOUR_MS);
    await Promise.all([fire(later), fire(later), fire(later)]);
    expect((await eventsOf(later)).map(({ type }) => type)).toEqual(["MESSAGE_SCHEDULED", "MESSAGE_QUEUED"]);
    expect(await jobsOf(later)).toHaveLength(1);
  });
});

describe("a message whose time has come fails", () => {
  test("when the company may not send any more", async () => {
    const later = await send("later", inMs(HOUR_MS));
    await ctx.database.withSystem((tx) => tx.tenant.update({ where: { id: tenantId }, data: { status: "SUSPENDED" } }));
    ctx.clock.advance(HOUR_MS);
    await fire(later);
    expect(await showMessage(agent, later)).toMatchObject({
      status: "failed",
      error: { code: "company_may_not_send", detail: expect.stringContaining("suspended"), retryable: false },
    });
    expect((await eventsOf(later)).at(-1)).toMatchObject({
      type: "MESSAGE_STATUS_CHANGED",
      data: { status: "failed", errorCode: "company_may_not_send" },
    });
    expect([await jobsOf(later), await timersLeft()]).toEqual([[], 0]);
    expect(await conversationNow()).toMatchObject({ lastMessageId: null, version: 1 });
  });

  test("when the contact was blocked, and can be sent again once they are not", async () => {
    const later = await send("later", inMs(HOUR_MS));
    const block = (blockedAt: Date | null) =>
      ctx.database.withTenant(tenantId, (tx) => tx.contact.updateMany({ data: { blockedAt } }));
    await block(ctx.clock.now());
    ctx.clock.advance(HOUR_MS);
    await fire(later);
    expect(await showMessage(agent, later)).toMatchObject({ status: "failed", error: { code: "contact_blocked" } });
    const retry = () => retryMessage(agent, { id: later.id, acceptDuplicate: false });
    await expect(retry()).rejects.toMatchObject({ code: "forbidden" });
    await block(null);
    expect(await retry()).toMatchObject({ status: "queued", error: null });
  });
});

describe("a message that is given another time", () => {
  test("is queued then, and not before", async () => {
    const later = await send("later", inMs(HOUR_MS));
    const sendAt = inMs(2 * HOUR_MS);
    expect(await rescheduleMessage(agent, { id: later.id, sendAt })).toMatchObject({
      status: "scheduled",
      scheduledFor: sendAt.toISOString(),
    });
    expect((await eventsOf(later)).at(-1)).toMatchObject({
      type: "MESSAGE_SCHEDULED",
      data: { sendAt: sendAt.toISOString(), because: "rescheduled" },
    });
    ctx.clock.advance(HOUR_MS);
    expect(await fire(later)).toEqual({ runAgainAt: sendAt });
    expect(await status(later)).toBe("scheduled");
    ctx.clock.advance(HOUR_MS);
    await fire(later);
    expect(await status(later)).toBe("queued");
  });

  test("at the moment of its time has either the one or the other", async () => {
    for (let round = 0; round < 10; round += 1) {
      const later = await send("later", inMs(1_000));
      ctx.clock.advance(1_000);
      const sendAt = inMs(HOUR_MS);
      const [, given] = await Promise.allSettled([fire(later), rescheduleMessage(agent, { id: later.id, sendAt })]);
      const isGiven = given.status === "fulfilled";
      expect([await status(later), await timersLeft()]).toEqual(isGiven ? ["scheduled", 1] : ["queued", 0]);
      if (isGiven) await cancelMessage(agent, later);
      else expect(given.reason).toMatchObject({ code: "conflict" });
    }
  });
});

describe("a scheduled message that is cancelled", () => {
  test("is never queued, and leaves its place in the thread", async () => {
    const later = await send("later", inMs(HOUR_MS));
    expect((await cancelMessage(agent, later)).status).toBe("cancelled");
    expect((await eventsOf(later)).at(-1)).toEqual({
      type: "MESSAGE_CANCELLED",
      actorType: "AGENT",
      data: { from: "scheduled" },
    });
    expect(await timersLeft()).toBe(0);
    ctx.clock.advance(HOUR_MS);
    await fire(later);
    await send("now");
    expect([await status(later), await jobsOf(later), await thread()]).toEqual(["cancelled", [], ["later", "now"]]);
  });

  test("at the moment of its time is cancelled or queued, and then cancelled as a queued one", async () => {
    for (let round = 0; round < 10; round += 1) {
      const later = await send("later", inMs(1_000));
      ctx.clock.advance(1_000);
      await Promise.all([fire(later), cancelMessage(agent, later)]);
      expect([await status(later), await timersLeft()]).toEqual(["cancelled", 0]);
    }
  });

  test("is not sent again by a retry", async () => {
    const later = await send("later", inMs(HOUR_MS));
    await cancelMessage(agent, later);
    const retried = retryMessage(agent, { id: later.id, acceptDuplicate: true });
    await expect(retried).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("cancelled") });
  });
});
