import { runAsOwner } from "@parley/testing";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { adoptTimeZones } from "./adopt-time-zones.ts";
import { createReportFollower } from "./follow-log.ts";
import { rebuildReports } from "./rebuild-reports.ts";
import { openReportDeskForEachTest, type ReportDesk } from "./report-desk.fixture.ts";
import { showOverview } from "./show-overview.ts";

let desk: ReportDesk;
openReportDeskForEachTest((opened) => (desk = opened));
beforeEach(() =>
  desk.tell({ type: "CONVERSATION_OPENED", actorType: "CUSTOMER", conversationId: desk.conversation.id }),
);

const HOUR_MS = 3_600_000;

/** A day's worth of messages, of which some have left. */
async function writeMessages(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let each = 0; each < count; each += 1) {
    desk.ctx.clock.advance(HOUR_MS);
    ids.push(await desk.message(each % 2 === 0 ? {} : { direction: "OUTBOUND" }));
  }
  return ids;
}

test("a new time zone is adopted part by part, and nothing is lost of what happens meanwhile", async () => {
  const { ctx } = desk;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.nat({ max: 8 }), { maxLength: 12 }),
      async (partSize, turns) => {
        await desk.setZone("UTC");
        await adoptTimeZones(ctx);
        const ids = await writeMessages(9);
        await desk.follow();
        const before = await showOverview(desk.manager, { days: 60 });
        await desk.setZone("Pacific/Auckland");
        const happening = turns.values();
        const follower = createReportFollower(ctx);
        let parts = 0;
        await adoptTimeZones(ctx, {
          partSize,
          // Between two parts something happens, to what stands in the next cut already and to what does not, and is counted.
          follower: {
            async follow() {
              parts += 1;
              const { timeZone, overview } = await showOverview(desk.manager, { days: 60 });
              expect(timeZone).toBe("UTC");
              if (parts === 1) expect(overview).toEqual(before.overview);
              const next = happening.next();
              if (next.done) return false;
              ctx.clock.advance(HOUR_MS);
              if (next.value > 6) await desk.message();
              else await desk.become(ids[next.value] ?? "", { status: "DELIVERED", sentAt: ctx.clock.now() });
              await desk.follow(follower);
              return false;
            },
          },
        });
        expect(parts).toBeGreaterThan(0);
        await desk.follow(follower);
        expect((await showOverview(desk.manager, { days: 60 })).timeZone).toBe("Pacific/Auckland");
        const kept = await desk.kept();
        await rebuildReports(ctx, desk.tenantId);
        expect(await desk.kept()).toEqual(kept);
      },
    ),
    { numRuns: 5 },
  );
});

test("who moves on before all days are cut gets the zone that they are in now", async () => {
  const { ctx } = desk;
  await writeMessages(5);
  await desk.follow();
  await desk.setZone("Asia/Kolkata");
  const stop = new Error("the power is gone");
  const dying = { follow: () => Promise.reject(stop) };
  await expect(adoptTimeZones(ctx, { partSize: 2, follower: dying })).rejects.toMatchObject({ errors: [stop] });
  expect((await showOverview(desk.manager, { days: 3 })).timeZone).toBe("UTC");
  await desk.setZone("America/Lima");
  await adoptTimeZones(ctx, { partSize: 2 });
  expect((await showOverview(desk.manager, { days: 3 })).timeZone).toBe("America/Lima");
  const kept = await desk.kept();
  await rebuildReports(ctx, desk.tenantId);
  expect(await desk.kept()).toEqual(kept);
});

test("whatever is wrong in what was counted is right when it was computed anew", async () => {
  const { ctx, tenantId } = desk;
  await writeMessages(6);
  const ticketId = await desk.openTicket(["vip"]);
  await desk.message({ ticketId, direction: "OUTBOUND" });
  await desk.follow();
  const right = await desk.kept();
  const of = `where tenant_id = '${tenantId}'`;
  await runAsOwner(
    ctx.urls,
    `update report_day set received = received + 5, sent = 1 ${of};
     delete from report_hour ${of};
     update report_subject set kind = 'READ' ${of} and kind = 'RECEIVED';
     insert into report_subject (tenant_id, subject_id, kind, at, inbox_id)
     select tenant_id, gen_random_uuid(), 'RECEIVED', now(), inbox_id from report_subject ${of};
     update ticket_fact set took_ms = 1 ${of} and kind = 'FIRST_RESPONSE';
     insert into ticket_fact (tenant_id, ticket_id, kind, cycle, at, inbox_id)
     select tenant_id, gen_random_uuid(), kind, cycle, at, inbox_id from ticket_fact ${of};
     delete from ticket_span ${of}`,
  );
  expect(await desk.kept()).not.toEqual(right);
  await rebuildReports(ctx, tenantId);
  expect(await desk.kept()).toEqual(right);
});
