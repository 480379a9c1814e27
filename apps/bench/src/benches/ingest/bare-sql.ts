/**
 * Baseline (b) as a process: the rows that an ingest of these events must leave behind, written by the fewest set-wise
 * statements, from arrays that were made beforehand. It parses nothing, looks nothing up, locks and decides nothing.
 */
import { readDatabaseConfig } from "@parley/db";
import { processEnv } from "@parley/runtime";
import pg from "pg";
import { serveParent } from "../../setting/serve-parent.ts";
import { createBarePlanner, type BarePlanner, type BareStatement } from "./bare-batches.ts";
import { planEvents, type PayloadKind } from "./plan-events.ts";

const BATCH = 400;

const MAX_LANES = 2;

await serveParent("bare-sql", async ({ shutdown }) => {
  const pool = new pg.Pool({ connectionString: readDatabaseConfig(processEnv).systemUrl, max: MAX_LANES });
  shutdown.add("database", () => pool.end());
  let plan: BarePlanner | undefined;
  let lanes: BareStatement[][][] = [];

  async function runLane(batches: BareStatement[][]): Promise<void> {
    const client = await pool.connect();
    try {
      for (const statements of batches) {
        await client.query("begin");
        for (const { name, text, values } of statements) await client.query({ name, text, values });
        await client.query("commit");
      }
    } finally {
      client.release();
    }
  }

  return {
    prepare({ kind, count, from, rawEventIds, lanes: laneCount }: BareRequest): void {
      const events = planEvents(kind, from + count).slice(from);
      plan ??= createBarePlanner(laneCount, BATCH);
      lanes = plan(events, rawEventIds);
    },
    async apply(): Promise<void> {
      await Promise.all(lanes.map(runLane));
    },
  };
});

export interface BareRequest {
  kind: PayloadKind;
  /** Events `from` to `from + count` of the plan. */
  from: number;
  count: number;
  /** One for each of these events. */
  rawEventIds: string[];
  /** Batches at a time: 1 is how one writes it; 2 tells what the machine could do. */
  lanes: number;
}
