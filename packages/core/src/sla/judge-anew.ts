import { statement, type Sql } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { ownTime } from "../context/index.ts";
import { slaTimerQueue } from "../sla-clocks/index.ts";
import { findNextTickets, type Walked } from "./find-next-tickets.ts";
import { judgeTickets, lockForJudging, type SlaContext } from "./judge-tickets.ts";

const CHUNK = 500;
/** Then others have their turn. */
const CHUNKS_OF_A_JOB = 10;
/** After so long without progress the job is taken for lost. */
const STRANDED_MS = 15_000;

export interface RevisionJob {
  tenantId: string;
  revision: number;
  position: number;
}

interface Progress extends Walked {
  position: number;
  mayBegin: boolean;
}

// sla_progress_pkey. What was written by transactions that did not see the revision is of theirs: they have ended by then.
const LOCK_PROGRESS = statement<Progress>(
  "sla_progress_lock",
  `select position, last_priority as "lastPriority", last_created_at as "lastCreatedAt", last_id as "lastId",
          with_resolved as "withResolved", in_resolved as "inResolved",
          revision_txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint as "mayBegin"
     from sla_progress
    where tenant_id = $1 and revision = $2 and finished_at is null
      for no key update`,
);

// sla_progress_pkey. Whoever waits is not lost.
const STILL_WAIT = statement(
  "sla_progress_still_wait",
  "update sla_progress set progressed_at = coalesce($2::timestamptz, clock_timestamp()) where tenant_id = $1",
);

// sla_progress_pkey
const WRITE_PROGRESS = statement(
  "sla_progress_write",
  `update sla_progress
      set position = position + 1, last_priority = $2, last_created_at = $3, last_id = $4, judged = judged + $5,
          progressed_at = coalesce($6::timestamptz, clock_timestamp()),
          finished_at = case when $7 then coalesce($6::timestamptz, clock_timestamp()) end, in_resolved = $8
    where tenant_id = $1`,
);

// sla_progress_unfinished_idx
const FIND_STRANDED = statement<RevisionJob>(
  "sla_progress_stranded",
  `select tenant_id as "tenantId", revision, position
     from sla_progress
    where finished_at is null
      and progressed_at < (select coalesce($1::timestamptz, clock_timestamp()) - $2 * interval '1 millisecond')`,
);

/**
 * Judges a tenant's unfinished tickets by a revision, and those that are resolved if what closes them has changed, a chunk in a transaction at a time. The row in the database says how
 * far that is: so it goes on after a crash, and a job that is not the next one does nothing. Returns when it is to come
 * again, if transactions that have not seen the revision are still open.
 */
export async function judgeAnew(ctx: SlaContext, job: RevisionJob): Promise<void | { runAgainAt: Date }> {
  const { tenantId, revision } = job;
  let { position } = job;
  for (let chunk = 0; chunk < CHUNKS_OF_A_JOB; chunk += 1) {
    const isLastOfJob = chunk === CHUNKS_OF_A_JOB - 1;
    const end = await ctx.database.system.transaction(async (sql) => {
      const [progress] = await sql.rows(LOCK_PROGRESS, [tenantId, revision]);
      if (!progress || progress.position !== position) return "over";
      if (!progress.mayBegin) {
        await sql.run(STILL_WAIT, [tenantId, ownTime(ctx.clock)]);
        return "too_early";
      }
      const isOver = await judgeChunk(ctx, sql, tenantId, progress);
      if (isOver) return "over";
      const next = { tenantId, revision, position: position + 1 };
      if (isLastOfJob) await ctx.outbox.enqueueSql(sql, [outboxRow(slaTimerQueue, "judge_anew", next)]);
      return "goes_on";
    });
    if (end === "over") return;
    if (end === "too_early") return { runAgainAt: new Date(ctx.clock.now().getTime() + 250) };
    position += 1;
  }
}

async function judgeChunk(ctx: SlaContext, sql: Sql, tenantId: string, progress: Progress): Promise<boolean> {
  const { tickets, last } = await findNextTickets(sql, tenantId, progress, CHUNK);
  const locked = await lockForJudging(sql, tickets);
  if (locked.length > 0) await judgeTickets(ctx, sql, locked);
  await sql.run(WRITE_PROGRESS, [
    tenantId,
    last.priority,
    last.createdAt,
    last.id,
    tickets.length,
    ownTime(ctx.clock),
    last.isOver,
    last.inResolved,
  ]);
  return last.isOver;
}

/** Lets revisions go on whose job was lost. Tells how many. */
export async function reconcileRevisions(ctx: SlaContext): Promise<number> {
  const now = ownTime(ctx.clock);
  const stranded = await ctx.database.system.rows(FIND_STRANDED, [now, STRANDED_MS]);
  const rows = stranded.map((job) => outboxRow(slaTimerQueue, "judge_anew", job, `again-${ctx.clock.now().getTime()}`));
  if (rows.length > 0) await ctx.database.system.transaction((sql) => ctx.outbox.enqueueSql(sql, rows));
  return rows.length;
}
