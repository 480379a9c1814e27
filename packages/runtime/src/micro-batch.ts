import { DomainError } from "./domain-error.ts";

/** Many callers, one run: what arrives while a run is under way waits for the next one and shares it. */
export interface MicroBatch<Item, Result> {
  /** Settles with this item's own result, or with the error of the run that carried it. */
  submit(item: Item): Promise<Result>;
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>;
}

interface Waiting<Item, Result> {
  item: Item;
  weight: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * `run` gets the items of one batch, at most `maxItems` that weigh at most `maxWeight` together, in the order in which
 * they were submitted, and returns one result for each. An item that is heavier than that runs alone. At most
 * `concurrency` runs (default 1) are under way at once. An item waits for company as long as `lingerMs` (default: not
 * at all), unless `enough` items (default: a full batch) wait before. Once `maxWaiting` items wait, the next is refused at once as `unavailable`.
 */
export function createMicroBatch<Item, Result>(options: {
  maxItems: number;
  weightOf?: (item: Item) => number;
  maxWeight?: number;
  maxWaiting?: number;
  concurrency?: number;
  lingerMs?: number;
  enough?: number;
  run(items: Item[]): Promise<readonly Result[]>;
}): MicroBatch<Item, Result> {
  const { maxItems, weightOf = () => 0, maxWeight = Infinity, maxWaiting = Infinity } = options;
  const { concurrency = 1, lingerMs = 0, enough = maxItems } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  let scheduled = false;
  let lingering: NodeJS.Timeout | undefined;
  let idleResolvers: (() => void)[] = [];

  function schedule(): void {
    if (scheduled || running >= concurrency || waiting.length === 0) return;
    if (lingerMs > 0 && waiting.length < enough) {
      lingering ??= setTimeout(start, lingerMs);
      return;
    }
    start();
  }

  function start(): void {
    clearTimeout(lingering);
    lingering = undefined;
    scheduled = true;
    // One turn of the event loop gathers everything that the same poll of the sockets brought in.
    setImmediate(() => {
      scheduled = false;
      const batch = takeBatch();
      running += 1;
      void settle(batch).then(() => {
        running -= 1;
        schedule();
        if (running === 0 && waiting.length === 0) {
          for (const resolve of idleResolvers) resolve();
          idleResolvers = [];
        }
      });
      schedule();
    });
  }

  function takeBatch(): Waiting<Item, Result>[] {
    let weight = 0;
    let count = 0;
    for (const entry of waiting) {
      weight += entry.weight;
      if (count === maxItems || (count > 0 && weight > maxWeight)) break;
      count += 1;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  }

  async function settle(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await options.run(batch.map((entry) => entry.item));
      if (results.length !== batch.length) throw new Error("a micro-batch must return one result an item");
      // The length was checked: every entry has its result.
      batch.forEach((entry, index) => entry.resolve(results[index] as Result));
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }

  return {
    submit: (item) =>
      new Promise<Result>((resolve, reject) => {
        if (waiting.length >= maxWaiting) {
          reject(new DomainError("unavailable", "Too many requests are waiting; try again shortly."));
          return;
        }
        waiting.push({ item, weight: weightOf(item), resolve, reject });
        schedule();
      }),
    idle: () =>
      running === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => idleResolvers.push(resolve)),
  };
}
