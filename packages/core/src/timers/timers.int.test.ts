import { startWorker, type RunningWorker } from "@parley/queue";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant, waitUntil } from "@parley/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SystemContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { createTimerHandlers, type TimerHandler } from "./fire-timer.ts";
import { TIMER_KINDS, type TimerKey, type TimerKind } from "./kinds.ts";
import { createTimerLoader } from "./load-timers.ts";
import { cancelTimer, HORIZON_MS, MARGIN_MS, setTimer } from "./set-timer.ts";
import { setTimers, setTimersUnlessSet } from "./set-timers.ts";
import { timerQueue } from "./timer-queue.ts";

const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600_000;

let ctx: TestContext;
let tenantId: string;
/** What happens while a timer is firing: after its effect, before its end. */
let meanwhile: () => Promise<void>;
/** When it is to fire again. */
let again: Date | undefined;
let handlers: ReturnType<typeof createTimerHandlers>;

beforeEach(async () => {
  ctx = await createTestContext({ queues: [timerQueue] });
  tenantId = (await buildTenant(ctx)).id;
  meanwhile = async () => undefined;
  again = undefined;
  const effect: TimerHandler = async (context, tx, { subjectId }) => {
    await publishEvents(context, tx, [{ tenantId, type: "TICKET_WOKEN", actorType: "SYSTEM", data: { subjectId } }]);
    await meanwhile();
    return again;
  };
  const everyKind = Object.fromEntries(TIMER_KINDS.map((kind) => [kind, effect])) as Record<TimerKind, TimerHandler>;
  handlers = createTimerHandlers(ctx, everyKind);
});
afterEach(() => ctx.close());

const inMs = (ms: number): Date => new Date(ctx.clock.now().getTime() + ms);

async function set(dueAt: Date, subjectId = newId()): Promise<TimerKey> {
  const key: TimerKey = { tenantId, kind: "wake_ticket", subjectId };
  await ctx.database.withTenant(tenantId, (tx) => setTimer(ctx, tx, key, dueAt));
  return key;
}

const cancel = (key: TimerKey): Promise<void> => ctx.database.withTenant(tenantId, (tx) => cancelTimer(tx, key));

/** As the worker does with the job of a timer, whatever time that job was for. */
const fire = (key: TimerKey) => handlers.fire_timer({ ...key, dueAt: 0 });

async function fired(): Promise<string[]> {
  const events = await ctx.database.withSystem((tx) => tx.event.findMany({ where: { tenantId } }));
  return events.map(({ data }) => (data as { subjectId: string }).subjectId);
}

const setMany = async (count: number, dueAt: (index: number) => Date): Promise<void> => {
  const rows = Array.from({ length: count }, (_empty, index) => ({
    tenantId,
    kind: "wake_ticket",
    subjectId: newId(),
    dueAt: dueAt(index),
  }));
  await ctx.database.withSystem((tx) => tx.timer.createMany({ data: rows }));
};

const timersLeft = (): Promise<number> => ctx.database.withSystem((tx) => tx.timer.count({ where: { tenantId } }));

async function queued(): Promise<string[]> {
  const jobs = await ctx.jobsOn(timerQueue);
  return jobs.map(({ payload }) => (payload as TimerKey).subjectId);
}

/** What FLUSHALL does to an installation that shares its Redis with others. */
async function flush(): Promise<void> {
  await ctx.published();
  for (const queue of ctx.publisher.queues()) await queue.obliterate({ force: true });
}

describe("a timer", () => {
  test("fires when its time has come, and is gone", async () => {
    const key = await set(inMs(10 * SECOND_MS));
    ctx.clock.advance(10 * SECOND_MS);
    expect(await fire(key)).toBeUndefined();
    expect(await fired()).toEqual([key.subjectId]);
    expect(await timersLeft()).toBe(0);
  });

  test("does not fire before its time: its job is put off until then", async () => {
    const dueAt = inMs(10 * SECOND_MS);
    const key = await set(dueAt);
    ctx.clock.advance(10 * SECOND_MS - 1);
    expect(await fire(key)).toEqual({ runAgainAt: dueAt });
    expect(await fired()).toEqual([]);
    expect(await timersLeft()).toBe(1);
  });

  test("fires once, however many jobs of it run at the same time", async () => {
    const key = await set(inMs(0));
    let entered = 0;
    // All are in the middle of it before the first can end.
    meanwhile = async () => {
      entered += 1;
      await waitUntil(() => entered >= 4, "four transactions fire the timer");
    };
    await Promise.all(Array.from({ length: 4 }, () => fire(key)));
    expect(await fired()).toEqual([key.subjectId]);
  });

  test("fires once with two workers on the queue", async () => {
    const keys = await Promise.all(Array.from({ length: 30 }, () => set(inMs(0))));
    const options = { redis: ctx.redis, queue: timerQueue, handlers, concurrency: 5, logger: ctx.logger };
    const workers: RunningWorker[] = [startWorker(options), startWorker(options)];
    // The loader finds again what is under way.
    await createTimerLoader(ctx)();
    await waitUntil(async () => (await timersLeft()) === 0, "every timer has fired");
    await Promise.all(workers.map((worker) => worker.close()));
    expect((await fired()).toSorted()).toEqual(keys.map(({ subjectId }) => subjectId).toSorted());
  });

  test("that was moved fires at its new time only", async () => {
    const { subjectId } = await set(inMs(10 * SECOND_MS));
    const later = inMs(20 * SECOND_MS);
    const key = await set(later, subjectId);
    ctx.clock.advance(10 * SECOND_MS);
    expect(await fire(key)).toEqual({ runAgainAt: later });
    ctx.clock.advance(10 * SECOND_MS);
    await fire(key);
    expect(await fired()).toEqual([subjectId]);
  });

  test("that is moved to an earlier time has a job for that", async () => {
    const { subjectId } = await set(inMs(DAY_MS));
    expect(await queued()).toEqual([]);
    await set(inMs(SECOND_MS), subjectId);
    expect(await queued()).toEqual([subjectId]);
  });

  test("that was cancelled does not fire", async () => {
    const key = await set(inMs(SECOND_MS));
    await cancel(key);
    ctx.clock.advance(SECOND_MS);
    expect(await fire(key)).toBeUndefined();
    expect(await fired()).toEqual([]);
  });

  test("takes its effect back when it is cancelled while it fires", async () => {
    const key = await set(inMs(0));
    meanwhile = () => cancel(key);
    await fire(key);
    expect(await fired()).toEqual([]);
  });

  test("takes its effect back when it is moved while it fires, and fires then", async () => {
    const key = await set(inMs(0));
    const later = inMs(SECOND_MS);
    meanwhile = async () => void (await set(later, key.subjectId));
    await fire(key);
    expect(await fired()).toEqual([]);
    meanwhile = async () => undefined;
    ctx.clock.set(later);
    await fire(key);
    expect(await fired()).toEqual([key.subjectId]);
  });

  test("whose effect fails stays, for the next try", async () => {
    const key = await set(inMs(0));
    meanwhile = () => Promise.reject(new Error("the database is away"));
    await expect(fire(key)).rejects.toThrow("the database is away");
    expect([await fired(), await timersLeft()]).toEqual([[], 1]);
  });

  test("of a transaction that is rolled back is not set", async () => {
    const key: TimerKey = { tenantId, kind: "wake_ticket", subjectId: newId() };
    const refused = ctx.database.withTenant(tenantId, async (tx) => {
      await setTimer(ctx, tx, key, inMs(0));
      throw new Error("refused");
    });
    await expect(refused).rejects.toThrow("refused");
    expect([await timersLeft(), await queued()]).toEqual([0, []]);
  });
});

const setBy = (context: SystemContext, key: TimerKey, dueAt: Date) =>
  ctx.database.withTenant(tenantId, (tx) => setTimer(context, tx, key, dueAt));
const causes = async () =>
  (await ctx.database.withSystem((tx) => tx.event.findMany({ where: { tenantId }, orderBy: { seq: "asc" } }))).map(
    (event) => event.cause,
  );

describe("what rules put off", () => {
  const cause = { executionId: newId(), rules: [newId(), newId()] };

  test("is their doing when it happens, and when it is put off again", async () => {
    const key = keyOf();
    again = inMs(SECOND_MS);
    await setBy({ ...ctx, cause }, key, inMs(0));
    await fire(key);
    again = undefined;
    ctx.clock.advance(SECOND_MS);
    await fire(key);
    expect(await causes()).toEqual([cause, cause]);
  });

  test("is not any more when somebody else moves it", async () => {
    const key = keyOf();
    await setBy({ ...ctx, cause }, key, inMs(DAY_MS));
    await setBy(ctx, key, inMs(0));
    await fire(key);
    expect(await causes()).toEqual([null]);
  });

  test("is theirs too when many are set at once, but for those that were set already and stay", async () => {
    const [fresh, moved, kept] = [keyOf(), keyOf(), keyOf()];
    await setBy(ctx, moved, inMs(DAY_MS));
    await setBy(ctx, kept, inMs(0));
    const due = (key: TimerKey) => ({ ...key, dueAt: inMs(0) });
    await ctx.database.system.transaction(async (sql) => {
      await setTimers({ ...ctx, cause }, sql, [fresh, moved].map(due));
      await setTimersUnlessSet({ ...ctx, cause }, sql, [due(kept)]);
    });
    for (const key of [fresh, moved, kept]) await fire(key);
    expect(await causes()).toEqual([cause, cause, null]);
  });
});

describe("Redis", () => {
  test("holds what comes due within the horizon, and nothing else", async () => {
    const load = createTimerLoader(ctx);
    const near = await set(inMs(HORIZON_MS));
    const far = await set(inMs(HORIZON_MS + MARGIN_MS + 1));
    const atYearsEnd = await set(inMs(365 * DAY_MS));
    expect(await queued()).toEqual([near.subjectId]);
    await load();
    expect(await queued()).toEqual([near.subjectId]);

    ctx.clock.advance(MARGIN_MS + 5 * SECOND_MS);
    await load();
    expect((await queued()).toSorted()).toEqual([near.subjectId, far.subjectId].toSorted());
    expect(await queued()).not.toContain(atYearsEnd.subjectId);
  });

  test("has a timer of a transaction that ends after the horizon has passed it", async () => {
    const load = createTimerLoader(ctx);
    const key: TimerKey = { tenantId, kind: "wake_ticket", subjectId: newId() };
    await ctx.database.withTenant(tenantId, async (tx) => {
      await setTimer(ctx, tx, key, inMs(HORIZON_MS + 5 * SECOND_MS));
      ctx.clock.advance(10 * SECOND_MS);
      await load();
    });
    await load();
    expect(await queued()).toEqual([key.subjectId]);
  });

  test("may lose everything: what is overdue is found again, and fires once", async () => {
    const load = createTimerLoader(ctx);
    const key = await set(inMs(10 * SECOND_MS));
    await load();
    await flush();
    ctx.clock.advance(20 * SECOND_MS);
    await load();
    expect(await queued()).toEqual([]);

    ctx.clock.advance(5 * SECOND_MS);
    await load();
    expect(await queued()).toEqual([key.subjectId]);
    await fire(key);
    await flush();
    await load();
    expect([await fired(), await queued()]).toEqual([[key.subjectId], []]);
  });

  test("has them again at once when a process that loads them starts anew", async () => {
    const overdue = await set(inMs(-DAY_MS));
    const soon = await set(inMs(SECOND_MS));
    await flush();
    expect(await createTimerLoader(ctx)()).toBe(2);
    expect((await queued()).toSorted()).toEqual([overdue.subjectId, soon.subjectId].toSorted());
  });

  test("has one job of a timer, whoever loads it", async () => {
    const key = await set(inMs(SECOND_MS));
    await Promise.all([createTimerLoader(ctx)(), createTimerLoader(ctx)()]);
    expect(await queued()).toEqual([key.subjectId]);
  });
});

const keyOf = (): TimerKey => ({ tenantId, kind: "wake_ticket", subjectId: newId() });
const dueTimes = async (): Promise<Map<string, Date>> => {
  const timers = await ctx.database.withSystem((tx) => tx.timer.findMany({ where: { tenantId } }));
  return new Map(timers.map(({ subjectId, dueAt }) => [subjectId, dueAt]));
};

describe("many timers", () => {
  test("are set or moved at once, each to its own time, and those that are due soon have a job", async () => {
    const [near, far, moved] = [keyOf(), keyOf(), await set(inMs(DAY_MS))];
    const timers = [
      { ...near, dueAt: inMs(SECOND_MS) },
      { ...far, dueAt: inMs(DAY_MS) },
      { ...moved, dueAt: inMs(2 * SECOND_MS) },
    ];
    await ctx.database.system.transaction((sql) => setTimers(ctx, sql, timers));
    expect(await dueTimes()).toEqual(new Map(timers.map(({ subjectId, dueAt }) => [subjectId, dueAt])));
    expect((await queued()).toSorted()).toEqual([near.subjectId, moved.subjectId].toSorted());
  });

  test("are left as they are where they are set already, if that is asked for", async () => {
    const [fresh, known] = [keyOf(), await set(inMs(DAY_MS))];
    const timers = [fresh, known].map((key) => ({ ...key, dueAt: inMs(SECOND_MS) }));
    await ctx.database.system.transaction((sql) => setTimersUnlessSet(ctx, sql, timers));
    const expected: [string, Date][] = [
      [fresh.subjectId, inMs(SECOND_MS)],
      [known.subjectId, inMs(DAY_MS)],
    ];
    expect(await dueTimes()).toEqual(new Map(expected));
    expect(await queued()).toEqual([fresh.subjectId]);
  });

  test("that several set at the same time do not deadlock, whatever their order", async () => {
    const timers = Array.from({ length: 200 }, () => ({ ...keyOf(), dueAt: inMs(DAY_MS) }));
    const setAll = (list: typeof timers) => ctx.database.system.transaction((sql) => setTimers(ctx, sql, list));
    await setAll(timers);
    await Promise.all([setAll(timers), setAll(timers.toReversed()), setAll(timers), setAll(timers.toReversed())]);
    expect((await dueTimes()).size).toBe(200);
  });
});

describe("the loader", () => {
  test("goes on where its limit left it", async () => {
    await setMany(5_001, inMs);
    const load = createTimerLoader(ctx);
    expect([await load(), await load(), await load()]).toEqual([5_000, 1, 0]);
  });

  test("leaves none out of more than its limit that are due at the same moment", async () => {
    await setMany(5_001, () => inMs(1_000));
    const load = createTimerLoader(ctx);
    expect([await load(), await load()]).toEqual([5_001, 0]);
  });
});
