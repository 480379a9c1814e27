import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openSlaDeskForEachTest, type SlaDesk } from "./sla-desk.fixture.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

const deed = fc.constantFrom("customer", "answer", "wait", "reopen", "resolve", "urgent", "normal", "vip", "plain");
const history = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), deed), { minLength: 3, maxLength: 10 });

interface Pair {
  watched: Awaited<ReturnType<SlaDesk["open"]>>;
  left: Awaited<ReturnType<SlaDesk["open"]>>;
}

/** What is refused, such as reopening what is open, is refused for both. */
async function happen(to: Pair["watched"], what: string): Promise<void> {
  const { id } = to;
  const change = (fields: Parameters<SlaDesk["change"]>[1]) => desk.change(id, fields).catch(() => undefined);
  if (what === "customer") await desk.customerWrites(to);
  if (what === "answer") await desk.answer(id);
  if (what === "wait") await change({ status: "WAITING_CUSTOMER" });
  if (what === "reopen") await change({ status: "OPEN" });
  if (what === "resolve") await change({ status: "RESOLVED" });
  if (what === "urgent") await change({ priority: "URGENT" });
  if (what === "normal") await change({ priority: "NORMAL" });
  if (what === "vip") await change({ tags: ["vip"] });
  if (what === "plain") await change({ tags: [] });
}

test("two tickets with one history have one record, though one was watched all the time and the other left alone", async () => {
  const hour = { firstResponseSeconds: 3_600, nextResponseSeconds: 1_800, resolutionSeconds: 10_800 };
  const half = { firstResponseSeconds: 600, nextResponseSeconds: 900, resolutionSeconds: 5_400 };
  await desk.promise({ position: 1, match: { tags: ["vip"] }, targets: { default: half }, warnAtPercent: 80 });
  await desk.promise({ position: 2, targets: { default: hour, byPriority: { URGENT: half } } });
  await fc.assert(
    fc.asyncProperty(history, async (deeds) => {
      const pair: Pair = { watched: await desk.open(), left: await desk.open() };
      for (const [minutes, what] of deeds) {
        desk.passMinutes(minutes / 2);
        await desk.fire();
        desk.passMinutes(minutes / 2);
        await happen(pair.watched, what);
        await happen(pair.left, what);
        // Somebody judges the watched one again and again; nobody has heard of the other.
        await judge(pair.watched.id);
        await judge(pair.watched.id);
      }
      desk.passMinutes(500);
      await judge(pair.left.id);
      await desk.fire();
      const [watched, left] = [await recordOf(pair.watched.id), await recordOf(pair.left.id)];
      expect(left).toEqual(watched);
      expect(watched.length).toBeGreaterThanOrEqual(2);
      const told = await desk.told(pair.watched.id);
      const missed = watched.filter(({ breachedAt }) => breachedAt !== null);
      expect(told.filter(({ type }) => type === "SLA_BREACHED").length).toBeGreaterThanOrEqual(missed.length);
    }),
    { numRuns: 25 },
  );
}, 120_000);

async function judge(ticketId: string): Promise<void> {
  const events = await desk.ctx.database.withTenant(desk.tenantId, (tx) => tx.event.findMany({ where: { ticketId } }));
  await desk.followSeqs(events.map(({ seq }) => String(seq)));
}

async function recordOf(ticketId: string) {
  return (await desk.timers(ticketId)).map(
    ({ metric, cycle, policyId, state, startedAt, targetMs, breachedAt, settledAt, decidedAt, lateMs, userId }) => {
      return { metric, cycle, policyId, state, startedAt, targetMs, breachedAt, settledAt, decidedAt, lateMs, userId };
    },
  );
}
