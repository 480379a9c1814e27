import { readFile } from "node:fs/promises";
import { contactImportQueue, createContactImport, CsvUpload } from "@parley/core/contact-imports";
import type { RequestContext } from "@parley/core/context";
import { programEnvironment } from "../../setting/environment.ts";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { waitFor } from "../../wait-for.ts";
import { benchId } from "../../world/bench-ids.ts";
import { withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";
import { openBenchContext } from "../rules/bench-context.ts";
import { startBenchProgram } from "../start-bench-program.ts";
import { csvOf } from "./planned-lines.ts";

const TIMEOUT_MS = 15 * 60_000;
const POLL_MS = 100;

export interface MeasuredImport {
  /** From when the file is stored to when its last row is. */
  seconds: number;
  /** The most memory that the worker has had, from its start on; NaN where the system does not tell. */
  peakMb: number;
}

/** Imports so many lines with apps/worker-automation, which does nothing else meanwhile. */
export async function measureImport(run: BenchRun, database: BenchDatabase, lines: number): Promise<MeasuredImport> {
  const at = { database, redisUrl: run.services.redisUrl, redisPrefix: run.services.newRedisPrefix() };
  const worker = await startBenchProgram(
    run,
    `import-${lines}-worker-automation`,
    "apps/worker-automation/src/main.ts",
    programEnvironment(at),
  );
  const bench = await openBenchContext(at, [contactImportQueue]);
  run.undo.add("bench context", () => bench.close());
  const ctx: RequestContext = {
    ...bench.ctx,
    actor: {
      type: "user",
      userId: benchId("agent", 0),
      isSuperAdmin: false,
      tenantId: benchId("tenant", 0),
      role: "MANAGER",
    },
    origin: { address: null, userAgent: null },
    requestId: "bench",
  };
  await createContactImport(ctx, { csv: new CsvUpload(asStream(csvOf(lines))) });
  const began = performance.now();
  await waitFor(`${lines} lines being imported`, TIMEOUT_MS, () => untilDone(database, lines), POLL_MS);
  const seconds = (performance.now() - began) / 1_000;
  const peakMb = await peakMbOf(worker.pid);
  await worker.stop();
  await bench.close();
  return { seconds, peakMb };
}

// oxlint-disable-next-line require-await -- what is uploaded is a stream
async function* asStream(made: Iterable<Buffer>): AsyncGenerator<Uint8Array> {
  yield* made;
}

async function untilDone(database: BenchDatabase, lines: number): Promise<true | undefined> {
  const [row] = await withSystem(database, async (client) => {
    const { rows } = await client.query<{ status: string; created: number }>(
      "select status, created from contact_import",
    );
    return rows;
  });
  if (row?.status === "RUNNING") return undefined;
  if (row?.status !== "DONE" || row.created !== lines) throw new Error(`the import ended as ${JSON.stringify(row)}`);
  return true;
}

async function peakMbOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? Number.NaN : Number(kilobytes) / 1_024;
}
