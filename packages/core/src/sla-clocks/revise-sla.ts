import { sqlOf, statement, type AnyTx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { ownTime, type SystemContext } from "../context/index.ts";
import { slaTimerQueue } from "./sla-queues.ts";

// sla_rulebook_pkey. Waits for whoever judges by the revision that is to end, and keeps others from beginning. A tenant that
// has never promised anything has no book.
const LOCK_BOOK = statement(
  "sla_rulebook_lock",
  `insert into sla_rulebook (tenant_id, revision, is_followed)
   select $1, 0, false
    where exists (select from sla_policy where tenant_id = $1)
       or exists (select from auto_close_rule where tenant_id = $1)
       or exists (select from sla_rulebook where tenant_id = $1)
       on conflict (tenant_id) do update set revision = sla_rulebook.revision`,
);

// sla_rulebook_pkey, sla_policy_pkey, auto_close_rule_pkey, tenant_pkey, sla_progress_pkey
const REVISE = statement<{ revision: number }>(
  "sla_revise",
  `with book as (
     update sla_rulebook
        set revision = revision + 1,
            is_followed = exists (select from sla_policy where tenant_id = $1 and is_active)
                          or exists (select from auto_close_rule where tenant_id = $1)
      where tenant_id = $1
     returning revision
   ),
   moment as (
     select coalesce($2::timestamptz, clock_timestamp()) as now
   ),
   revised as (
     insert into sla_revision (tenant_id, revision, effective_at, definition)
     select $1, book.revision, moment.now, jsonb_build_object(
              'plan', t.plan, 'timeZone', t.time_zone, 'businessHours', t.business_hours, 'holidays', t.holidays,
              'policies', coalesce((
                 select jsonb_agg(jsonb_build_object(
                          'id', p.id, 'match', p.match, 'clock', p.clock, 'hours', p.hours, 'targets', p.targets,
                          'pauseIn', p.pause_in, 'warnAtPercent', p.warn_at_percent,
                          'autoRepliesCount', p.auto_replies_count, 'escalations', p.escalations)
                        order by p.position, p.id)
                   from sla_policy p where p.tenant_id = $1 and p.is_active), '[]'),
              'autoClose', coalesce((
                 select jsonb_agg(jsonb_build_object(
                          'status', r.status, 'afterSeconds', r.after_seconds, 'clock', r.clock, 'closesAs', r.closes_as,
                          'noticeSeconds', r.notice_seconds, 'noticeText', r.notice_text))
                   from auto_close_rule r where r.tenant_id = $1), '[]'))
       from book, moment, tenant t
      where t.id = $1
   )
   insert into sla_progress (tenant_id, txid, seq, revision, revision_txid, started_at, progressed_at)
   select $1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0, book.revision, pg_current_xact_id()::text::bigint,
          moment.now, moment.now
     from book, moment
       on conflict (tenant_id) do update
      set revision = excluded.revision, revision_txid = excluded.revision_txid, position = 0, last_priority = null,
          last_created_at = null, last_id = null, judged = 0, started_at = excluded.started_at,
          progressed_at = excluded.progressed_at, finished_at = null
   returning revision`,
);

/**
 * Writes down by what the tenant's tickets are judged from now on, and lets a worker judge them anew. To be called in the
 * transaction of whatever that depends on: policies, business hours, holidays, time zone, plan, auto-closing. Nobody judges
 * in between, so what was judged without the revision lies before it.
 */
export async function reviseSla(ctx: SystemContext, tx: AnyTx, tenantId: string): Promise<void> {
  const sql = sqlOf(tx);
  const books = await sql.run(LOCK_BOOK, [tenantId]);
  if (books === 0) return;
  const [revised] = await sql.rows(REVISE, [tenantId, ownTime(ctx.clock)]);
  if (!revised) throw new Error(`the rules of ${tenantId} were not revised`);
  const { revision } = revised;
  await ctx.outbox.enqueue(tx, [outboxRow(slaTimerQueue, "judge_anew", { tenantId, revision, position: 0 })]);
}
