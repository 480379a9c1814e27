import { statement, type RebuildTarget, type Sql } from "@parley/db";
import type { JobOutcome } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { REBUILD_PLANS } from "./rebuild-plans.ts";
import type { RebuildKey } from "./rebuild-queue.ts";

/** After so long a job ends, and goes on as another one: a process that is to end does not wait for a whole rebuild. */
const RUN_MS = 2_000;

interface Running {
  target: RebuildTarget;
  step: string;
  after: string | null;
}

const COLUMNS = "select target, step, after from rebuild where tenant_id = $1 and id = $2 and status = 'RUNNING'";
// rebuild_pkey
const READ = statement<Running>("rebuild_read", COLUMNS);
const LOCK = statement<Running>("rebuild_lock", `${COLUMNS} for no key update`);
const GO_ON = statement(
  "rebuild_go_on",
  `update rebuild set step = $3, after = $4, rows = rows + $5, progressed_at = $6 where tenant_id = $1 and id = $2`,
);
const FINISH = statement(
  "rebuild_finish",
  `update rebuild set status = 'DONE', after = null, progressed_at = $3, finished_at = $3
    where tenant_id = $1 and id = $2 and status = 'RUNNING'`,
);

/**
 * Goes on with a rebuild where it is: each part is a transaction, which writes down how far that is. Whatever kills it loses one
 * part, which the next run does again; several that run at once take turns.
 */
export async function runRebuild(
  ctx: SystemContext,
  key: RebuildKey,
  { forMs = RUN_MS }: { forMs?: number } = {},
): Promise<JobOutcome> {
  const { database, clock } = ctx;
  const [running] = await database.system.rows(READ, [key.tenantId, key.rebuildId]);
  if (!running) return;
  const { atOnce, letOthersGoOn } = REBUILD_PLANS[running.target];
  if (atOnce) {
    await atOnce(ctx, key.tenantId);
    await database.system.run(FINISH, [key.tenantId, key.rebuildId, clock.now()]);
    return;
  }
  const until = performance.now() + forMs;
  do {
    if (!(await database.system.transaction((sql) => takePart(ctx, sql, key)))) return;
    await letOthersGoOn?.(ctx);
  } while (performance.now() < until);
  return { runAgainAt: new Date() };
}

/** Whether there is more to do. */
async function takePart({ clock }: SystemContext, sql: Sql, key: RebuildKey): Promise<boolean> {
  const [running] = await sql.rows(LOCK, [key.tenantId, key.rebuildId]);
  if (!running) return false;
  const { steps } = REBUILD_PLANS[running.target];
  const index = steps.findIndex(({ name }) => name === running.step);
  const step = steps[index];
  if (!step) throw new Error(`a rebuild of ${running.target} has no step ${running.step}`);
  const { count, next } = await step.take(sql, key.tenantId, running.after);
  const name = next === null ? steps[index + 1]?.name : step.name;
  await sql.run(GO_ON, [key.tenantId, key.rebuildId, name ?? step.name, next, count, clock.now()]);
  if (name === undefined) await sql.run(FINISH, [key.tenantId, key.rebuildId, clock.now()]);
  return name !== undefined;
}
