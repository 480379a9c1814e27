import { createMicroBatch } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import type { EventKey } from "../rule-events/index.ts";
import { markHandled } from "./mark-handled.ts";
import { recordSkips, type SkipsOfEvent } from "./record-skips.ts";

/** Where it is written down what was asked; what is noted at the same time shares statements. */
export interface ExecutionLedger {
  /** Resolves when it is committed which rules were asked in vain. */
  noteSkips(skips: SkipsOfEvent): Promise<void>;
  /** Every rule was asked about this event, and what applied is done and recorded. */
  noteHandled(key: EventKey): Promise<void>;
}

/** Rules that the events of a statement asked in vain: a large row is a statement's worth of work. */
const MAX_SKIPS = 4_000;
const MAX_EVENTS = 500;
const LINGER_MS = 5;

export function createExecutionLedger(ctx: SystemContext): ExecutionLedger {
  const { system } = ctx.database;
  const skipping = createMicroBatch<SkipsOfEvent, void>({
    maxItems: MAX_EVENTS,
    weightOf: ({ skips }) => skips.length,
    maxWeight: MAX_SKIPS,
    async run(given) {
      await recordSkips(system, given, ctx.clock.now());
      return given.map(() => undefined);
    },
  });
  const handling = createMicroBatch<EventKey, void>({
    maxItems: MAX_EVENTS,
    lingerMs: LINGER_MS,
    async run(keys) {
      await markHandled(system, keys);
      return keys.map(() => undefined);
    },
  });
  return {
    noteSkips: async (skips) => (skips.skips.length === 0 ? undefined : skipping.submit(skips)),
    noteHandled: (key) => handling.submit(key),
  };
}
