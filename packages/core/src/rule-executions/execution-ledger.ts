import { createMicroBatch } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import type { EventKey } from "../rule-events/index.ts";
import { markHandled } from "./mark-handled.ts";
import { recordExecutions, type Execution } from "./record-executions.ts";

/** Where it is written down what was asked; what is noted at the same time shares statements. */
export interface ExecutionLedger {
  /** Resolves when the executions are committed. */
  record(executions: readonly Execution[]): Promise<void>;
  /** Every rule was asked about this event, and what applied is done and recorded. */
  noteHandled(key: EventKey): Promise<void>;
}

/** Rows of a statement: larger ones save nothing more. Two are under way, because most of an event's rules do not apply. */
const MAX_EXECUTIONS = 2_000;
const STATEMENTS = 2;
const MAX_EVENTS = 500;
const LINGER_MS = 5;

export function createExecutionLedger(ctx: SystemContext): ExecutionLedger {
  const { system } = ctx.database;
  const recording = createMicroBatch<readonly Execution[], void>({
    maxItems: MAX_EXECUTIONS,
    weightOf: (executions) => executions.length,
    maxWeight: MAX_EXECUTIONS,
    concurrency: STATEMENTS,
    async run(given) {
      await recordExecutions(system, given.flat(), ctx.clock.now());
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
    record: async (executions) => (executions.length === 0 ? undefined : recording.submit(executions)),
    noteHandled: (key) => handling.submit(key),
  };
}
