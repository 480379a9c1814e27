import { runAsOwner } from "@parley/testing";
import { expect, test } from "vitest";
import { adoptTimeZones } from "./adopt-time-zones.ts";
import { createReportFollower } from "./follow-log.ts";
import { openReportDeskForEachTest, type ReportDesk } from "./report-desk.fixture.ts";
import { showOverview } from "./show-overview.ts";

let desk: ReportDesk;
openReportDeskForEachTest((opened) => (desk = opened));

const overview = (days = 30) => showOverview(desk.manager, { days });

test("everything counts once when several follow the log at the same time, in small pages", async () => {
  for (let each = 0; each < 40; each += 1) await desk.message();
  const followers = Array.from({ length: 4 }, () => createReportFollower(desk.ctx, { pageSize: 7 }));
  await Promise.all(followers.map((follower) => desk.follow(follower)));
  expect((await overview()).overview.totalMessages).toBe(40);
});

test("a follower that dies before it commits has changed nothing", async () => {
  await desk.message();
  await desk.openTicket();
  await runAsOwner(
    desk.ctx.urls,
    `create function die() returns trigger language plpgsql as $$ begin raise 'the power is gone'; end $$;
     create trigger die before update on report_progress for each row execute function die()`,
  );
  await expect(desk.follow()).rejects.toThrow("the power is gone");
  expect(await desk.kept()).toMatchObject({ subjects: [], days: [], facts: [] });
  await runAsOwner(desk.ctx.urls, "drop trigger die on report_progress; drop function die");
  await desk.follow();
  expect(await desk.kept()).toMatchObject({ subjects: [{}], days: [{ received: 1n }], facts: [{ kind: "OPENED" }] });
});

test("a ticket whose log nobody understands holds up no other", async () => {
  const spoilt = await desk.openTicket();
  const sound = await desk.openTicket([], spoilt);
  await desk.ctx.database.withSystem((tx) =>
    tx.event.create({
      data: {
        tenantId: desk.tenantId,
        ticketId: spoilt,
        type: "STATUS_CHANGED",
        actorType: "SYSTEM",
        data: { to: "nowhere" },
      },
    }),
  );
  await desk.message();
  await desk.follow();
  expect(await desk.kept()).toMatchObject({ facts: [{ ticketId: sound, kind: "OPENED" }], days: [{ received: 1n }] });
});

test("the log that is read again from its beginning adds nothing", async () => {
  await desk.become(await desk.message({ direction: "OUTBOUND" }), { status: "READ", sentAt: desk.ctx.clock.now() });
  await desk.openTicket();
  await desk.follow();
  const before = await desk.kept();
  await desk.ctx.database.withSystem((tx) => tx.reportProgress.updateMany({ data: { txid: 0n, seq: 0n } }));
  await desk.follow();
  expect(await desk.kept()).toEqual(before);
});

test("a message is counted as what it is, however late and often that is told", async () => {
  const sentAt = desk.ctx.clock.now();
  const id = await desk.message({ direction: "OUTBOUND" });
  await desk.follow();
  expect((await overview()).messagesByStatus).toMatchObject({ queued: 1, sent: 0 });
  await desk.become(id, { status: "SENDING" });
  await desk.follow();
  expect((await overview()).messagesByStatus).toMatchObject({ queued: 1, sent: 0 });
  await desk.become(id, { status: "SENT", sentAt });
  await desk.become(id, { status: "DELIVERED" });
  await desk.follow();
  await desk.become(id, { status: "DELIVERED" });
  await desk.follow();
  const { messagesByStatus, overview: sums } = await overview();
  expect(messagesByStatus).toMatchObject({ queued: 0, sent: 0, delivered: 1 });
  expect(sums).toMatchObject({ totalMessages: 1, deliveryRate: 1, sentToday: 1, sentThisWeek: 1, sentThisMonth: 1 });
});

test("what was written on one day and left on another counts on the day on which it left", async () => {
  const { clock } = desk.ctx;
  const id = await desk.message({ direction: "OUTBOUND" });
  await desk.follow();
  clock.advance(24 * 3_600_000);
  await desk.become(id, { status: "SENT", sentAt: clock.now() });
  await desk.follow();
  expect((await overview(2)).dailyActivity).toEqual([
    { date: "2026-03-02", sent: 0, received: 0 },
    { date: "2026-03-03", sent: 1, received: 0 },
  ]);
});

test("notes count as nothing, and a conversation when it begins", async () => {
  await desk.message({ isInternal: true, direction: "OUTBOUND" });
  const { id: conversationId } = desk.conversation;
  await desk.ctx.database.withSystem((tx) =>
    tx.conversation.updateMany({ where: { id: conversationId }, data: { createdAt: desk.ctx.clock.now() } }),
  );
  await desk.tell({ type: "CONVERSATION_OPENED", actorType: "CUSTOMER", conversationId });
  await desk.follow();
  expect((await overview()).overview).toMatchObject({ totalMessages: 0, totalConversations: 1, deliveryRate: null });
});

test("days are the company's, of 23 and of 25 hours, and a new time zone cuts all of them anew", async () => {
  const { clock } = desk.ctx;
  await desk.setZone("Europe/Paris");
  // The first and last minutes of the days on which clocks change, by the clock of Paris.
  const minutes = [
    "2026-03-28T22:59:00Z",
    "2026-03-28T23:00:00Z",
    "2026-03-29T21:59:00Z",
    "2026-03-29T22:00:00Z",
    "2026-10-24T21:59:00Z",
    "2026-10-24T22:00:00Z",
    "2026-10-25T22:59:00Z",
    "2026-10-25T23:00:00Z",
  ];
  for (const at of minutes) {
    clock.set(new Date(at));
    await desk.message();
  }
  await desk.follow();
  const received = async () =>
    (await overview(300)).dailyActivity.filter((day) => day.received > 0).map((day) => [day.date, day.received]);
  expect(await received()).toEqual([
    ["2026-03-28", 1],
    ["2026-03-29", 2],
    ["2026-03-30", 1],
    ["2026-10-24", 1],
    ["2026-10-25", 2],
    ["2026-10-26", 1],
  ]);

  await desk.setZone("UTC");
  expect((await overview()).timeZone).toBe("Europe/Paris");
  await adoptTimeZones(desk.ctx);
  expect((await overview()).timeZone).toBe("UTC");
  expect(await received()).toEqual([
    ["2026-03-28", 2],
    ["2026-03-29", 2],
    ["2026-10-24", 2],
    ["2026-10-25", 2],
  ]);
});
