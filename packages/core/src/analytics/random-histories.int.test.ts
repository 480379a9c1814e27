import fc from "fast-check";
import { expect, test } from "vitest";
import { createReportFollower } from "./follow-log.ts";
import { rebuildReports } from "./rebuild-reports.ts";
import { reportBacklog } from "./report-backlog.ts";
import { openReportDesk, openReportDeskForEachTest, type ReportDesk } from "./report-desk.fixture.ts";
import { reportResponses } from "./report-responses.ts";
import { reportTickets } from "./report-tickets.ts";
import { showOverview } from "./show-overview.ts";

let desk: ReportDesk;
openReportDeskForEachTest((opened) => (desk = opened));

const HOUR_MS = 3_600_000;
const deeds = ["customer", "answer", "resolve", "reopen", "deliver", "fail", "follow"] as const;
type Deed = { deed: (typeof deeds)[number]; ticket: number; hours: number };
const history = fc.array(
  fc.record({
    deed: fc.constantFrom(...deeds),
    ticket: fc.nat(2),
    hours: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 5, maxLength: 25 },
);

/** What has happened to a ticket, by who did what. */
interface Course {
  id: string;
  steps: { at: number; deed: Deed["deed"] | "open" }[];
  isOpen: boolean;
}

/** Every answer, and the first that the customer waited for since the answer before. */
function waitsOf({ steps }: Course): { first: number[]; next: number[] } {
  const waits = { first: [] as number[], next: [] as number[] };
  steps.forEach(({ at, deed }, index) => {
    if (deed !== "answer") return;
    const earlier = steps.slice(0, index);
    const from = earlier.findLastIndex((step) => step.deed === "answer" || step.deed === "resolve") + 1;
    const asked = earlier.slice(from).find((step, offset) => {
      const before = earlier.slice(0, from + offset);
      const isFinished =
        before.findLast((other) => other.deed === "resolve" || other.deed === "reopen")?.deed === "resolve";
      return step.deed === "open" || (step.deed === "customer" && !isFinished);
    });
    const hasAnswer = earlier.some((step) => step.deed === "answer");
    if (asked) waits[hasAnswer ? "next" : "first"].push((at - asked.at) / 1_000);
  });
  return waits;
}

function resolutionsOf({ steps }: Course): number[] {
  return steps.flatMap(({ at, deed }, index) => {
    if (deed !== "resolve") return [];
    const since = steps.slice(0, index).findLast((step) => step.deed === "open" || step.deed === "reopen");
    return since ? [(at - since.at) / 1_000] : [];
  });
}

function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}

test("counted along the way, computed anew and told by hand: three times the same, whatever happened", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 1, max: 5 }), async (happening, pageSize) => {
      // Each history is a company's own.
      desk = await openReportDesk(desk.ctx);
      const { ctx, tenantId, agentId } = desk;
      await desk.tell({
        type: "CONVERSATION_OPENED",
        actorType: "CUSTOMER",
        conversationId: desk.conversation.id,
      });
      const follower = createReportFollower(ctx, { pageSize });
      const courses: Course[] = [];
      const messages = new Map<string, { status: string; day: string }>();
      const start = ctx.clock.now();
      const today = (): string => ctx.clock.now().toISOString().slice(0, "2026-01-31".length);
      for (let each = 0; each < 3; each += 1) {
        // Several stand beside each other, as those that are split off do.
        const id = await desk.openTicket([], courses[0]?.id);
        courses.push({ id, steps: [{ at: ctx.clock.now().getTime(), deed: "open" }], isOpen: true });
      }
      for (const { deed, ticket, hours } of happening) {
        ctx.clock.advance(hours * HOUR_MS);
        const course = courses[ticket];
        if (!course) throw new Error("there are three");
        const about = { ticketId: course.id, actorType: "AGENT" as const, actorId: agentId };
        const remember = () => course.steps.push({ at: ctx.clock.now().getTime(), deed });
        if (deed === "customer") {
          messages.set(await desk.message({ ticketId: course.id }), { status: "received", day: today() });
          remember();
        }
        if (deed === "answer") {
          const id = await desk.message({ ticketId: course.id, direction: "OUTBOUND" });
          messages.set(id, { status: "queued", day: today() });
          remember();
        }
        if ((deed === "resolve" && course.isOpen) || (deed === "reopen" && !course.isOpen)) {
          course.isOpen = deed === "reopen";
          const [from, to] = course.isOpen ? ["resolved", "open"] : ["open", "resolved"];
          await desk.tell({ ...about, type: "STATUS_CHANGED", data: { from, to } });
          remember();
        }
        if (deed === "deliver" || deed === "fail") {
          const sent = [...messages].find(([, { status }]) => status === "queued");
          if (sent) {
            const sentAt = deed === "deliver" ? ctx.clock.now() : null;
            await desk.become(sent[0], { status: deed === "deliver" ? "DELIVERED" : "FAILED", sentAt });
            const day = deed === "deliver" ? today() : sent[1].day;
            messages.set(sent[0], { status: deed === "deliver" ? "delivered" : "failed", day });
          }
        }
        if (deed === "follow") await desk.follow(follower);
      }
      await desk.follow(follower);
      const kept = await desk.kept();
      await rebuildReports(ctx, tenantId);
      expect(await desk.kept()).toEqual(kept);

      const [from, to] = [start.toISOString().slice(0, 10), today()];
      const query = { from, to, by: "all" as const };
      const waits = courses.map(waitsOf);
      const { groups: responses } = await reportResponses(desk.manager, query);
      const [first, next] = [waits.flatMap((each) => each.first), waits.flatMap((each) => each.next)];
      for (const [metric, values] of [
        ["firstResponse", first],
        ["nextResponse", next],
      ] as const) {
        const told = responses[0]?.[metric] ?? { count: 0, medianSeconds: null, p90Seconds: null };
        expect(told.count).toBe(values.length);
        expect(told.medianSeconds).toEqual(closeTo(quantile(values, 0.5)));
        expect(told.p90Seconds).toEqual(closeTo(quantile(values, 0.9)));
      }
      const { groups: tickets } = await reportTickets(desk.manager, query);
      const resolutions = courses.flatMap(resolutionsOf);
      expect(tickets[0]).toMatchObject({ opened: 3, resolved: resolutions.length });
      expect(tickets[0]?.resolution.medianSeconds).toEqual(closeTo(quantile(resolutions, 0.5)));

      const { groups: backlog } = await reportBacklog(desk.manager, query);
      for (const { date, unfinished } of backlog[0]?.days ?? []) {
        const end = Date.parse(`${date}T24:00:00Z`);
        const open = courses.filter(({ steps }) => {
          const last = steps.findLast(({ at, deed }) => at < end && ["open", "resolve", "reopen"].includes(deed));
          return last !== undefined && last.deed !== "resolve";
        });
        expect([date, unfinished]).toEqual([date, open.length]);
      }

      const { messagesByStatus, dailyActivity } = await showOverview(desk.manager, { days: 60 });
      const of = (status: string) => [...messages.values()].filter((each) => each.status === status);
      for (const status of ["received", "queued", "delivered", "failed"] as const) {
        expect([status, messagesByStatus[status]]).toEqual([status, of(status).length]);
      }
      for (const { date, sent, received } of dailyActivity) {
        const on = (status: string): number => of(status).filter(({ day }) => day === date).length;
        expect([date, sent, received]).toEqual([date, on("delivered"), on("received")]);
      }
    }),
    { numRuns: 8 },
  );
});

function closeTo(value: number | null): unknown {
  return value === null ? null : expect.closeTo(value, 6);
}
