import { expect, test, vi } from "vitest";
import { createMicroBatch } from "./micro-batch.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function recordingBatch(options: {
  maxItems: number;
  concurrency?: number;
  weightOf?: (item: number) => number;
  maxWeight?: number;
  maxWaiting?: number;
  lingerMs?: number;
  enough?: number;
}) {
  const runs: number[][] = [];
  const gates: (() => void)[] = [];
  const batch = createMicroBatch<number, number>({
    ...options,
    async run(items) {
      runs.push(items);
      await new Promise<void>((resolve) => gates.push(resolve));
      return items.map((item) => item * 10);
    },
  });
  /** Lets the oldest run that is under way finish, as soon as there is one. */
  async function openNext(): Promise<void> {
    while (gates.length === 0) await turn();
    gates.shift()?.();
  }
  return { batch, runs, openNext };
}

test("a lone item runs at once and gets its own result", async () => {
  const { batch, openNext } = recordingBatch({ maxItems: 10 });
  const result = batch.submit(4);
  await turn();
  await openNext();
  expect(await result).toBe(40);
});

test("an item that may linger waits for company, but not once the batch is full", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const { batch, runs, openNext } = recordingBatch({ maxItems: 3, lingerMs: 5 });
    const results = [batch.submit(1), batch.submit(2)];
    await turn();
    vi.advanceTimersByTime(4);
    await turn();
    expect(runs).toEqual([]);
    vi.advanceTimersByTime(1);
    await openNext();
    expect(await Promise.all(results)).toEqual([10, 20]);

    const full = [batch.submit(3), batch.submit(4), batch.submit(5)];
    await openNext();
    expect(await Promise.all(full)).toEqual([30, 40, 50]);
    expect(runs).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test("an item does not linger when enough wait, although more would fit", async () => {
  const { batch, runs, openNext } = recordingBatch({ maxItems: 10, lingerMs: 60_000, enough: 2 });
  const results = [batch.submit(1), batch.submit(2)];
  await openNext();
  expect(await Promise.all(results)).toEqual([10, 20]);
  expect(runs).toEqual([[1, 2]]);
});

test("what arrives during a run shares the next one, in order", async () => {
  const { batch, runs, openNext } = recordingBatch({ maxItems: 10 });
  const first = batch.submit(1);
  await turn();
  const others = [batch.submit(2), batch.submit(3)];
  await openNext();
  await first;
  await turn();
  await openNext();
  expect(await Promise.all(others)).toEqual([20, 30]);
  expect(runs).toEqual([[1], [2, 3]]);
});

test("a run never carries more than maxItems", async () => {
  const { batch, runs, openNext } = recordingBatch({ maxItems: 2 });
  const results = [1, 2, 3].map((item) => batch.submit(item));
  await turn();
  await openNext();
  await results[0];
  await turn();
  await openNext();
  await Promise.all(results);
  expect(runs).toEqual([[1, 2], [3]]);
});

test("a run never carries more than maxWeight, but for an item that is heavier alone", async () => {
  const { batch, runs, openNext } = recordingBatch({ maxItems: 10, weightOf: (item) => item, maxWeight: 8 });
  const results = Promise.all([3, 4, 2, 9, 8].map((item) => batch.submit(item)));
  for (let run = 0; run < 4; run += 1) {
    await openNext();
    await turn();
  }
  expect(await results).toEqual([30, 40, 20, 90, 80]);
  expect(runs).toEqual([[3, 4], [2], [9], [8]]);
});

test("what comes while maxWaiting items wait is refused at once, and the others are not", async () => {
  const { batch, openNext } = recordingBatch({ maxItems: 2, maxWaiting: 2 });
  const first = batch.submit(1);
  await turn();
  const others = [batch.submit(2), batch.submit(3)];
  await expect(batch.submit(4)).rejects.toMatchObject({ name: "DomainError", code: "unavailable" });
  await openNext();
  await turn();
  await openNext();
  expect(await Promise.all([first, ...others])).toEqual([10, 20, 30]);
});

test("at most `concurrency` runs are under way", async () => {
  const { batch, runs, openNext } = recordingBatch({ maxItems: 1, concurrency: 2 });
  const results = [1, 2, 3].map((item) => batch.submit(item));
  await turn();
  await turn();
  await turn();
  expect(runs).toEqual([[1], [2]]);
  await openNext();
  await openNext();
  await Promise.all(results.slice(0, 2));
  await turn();
  await openNext();
  await Promise.all(results);
});

test("a failed run fails its own items only", async () => {
  const batch = createMicroBatch<number, number>({
    maxItems: 1,
    run: async ([item]) => {
      if (item === 1) throw new Error("no");
      return [7];
    },
  });
  const [failed, fine] = await Promise.allSettled([batch.submit(1), batch.submit(2)]);
  expect(failed).toMatchObject({ status: "rejected", reason: new Error("no") });
  expect(fine).toMatchObject({ status: "fulfilled", value: 7 });
});

test("idle waits for everything that was submitted", async () => {
  const { batch, openNext } = recordingBatch({ maxItems: 10 });
  let isIdle = false;
  const result = batch.submit(1);
  const idle = batch.idle().then(() => (isIdle = true));
  await turn();
  expect(isIdle).toBe(false);
  await openNext();
  await Promise.all([result, idle]);
  await batch.idle();
});
