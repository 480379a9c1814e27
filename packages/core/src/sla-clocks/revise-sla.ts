import { sqlOf, statement, type AnyTx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { ownTime, type SystemContext } from "../context/index.ts";
import { lockBook } from "./book-locks.ts";
import { slaTimerQueue } from "./sla-queues.ts";

// sla_rulebook_pkey. A tenant that has never promised anything has no book.
const OPEN_BOOK = statement(
  "sla_rulebook_open",
  `insert into sla_rulebook (tenant_id, revision, is_followed)
   select $1, 0, false
    where exists (select from sla_policy where tenant_id = $1)
       or exists (select from auto_close_rule where tenant_id = $1)
       or exists (select from sla_rulebook where tenant_id = $1)
       on conflict (tenant_id) do update set revision = sla_rulebook.revision`,
);

// sla_rulebook_pkey, sla_revision_pkey, sla_policy_pkey, auto_close_rule_pkey, tenant_pkey, sla_progress_pkey. Nothing is
// written where nothing is different: tickets need not be judged anew because a policy has another name. Tickets that are
// resolved are judged only if anything but the policies has changed, which promise nothing about them.
const REVISE = statement<{ revision: number }>(
  "sla_revise",
  `with moment as (
     select coalesce($2::timestamptz, clock_timestamp()) as now
   ),
   news as (
     select jsonb_build_object(
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
                          'noticeSeconds', r.notice_seconds, 'noticeText', r.notice_text)
                        order by r.status)
                   from auto_close_rule r where r.tenant_id = $1), '[]')) as definition,
            o.definition as old
       from tenant t
       join sla_rulebook b on b.tenant_id = t.id
       left join sla_revision o on o.tenant_id = b.tenant_id and o.revision = b.revision
      where t.id = $1
   ),
   book as (
     update sla_rulebook b
        set revision = b.revision + 1,
            is_followed = n.definition->'policies' <> '[]' or n.definition->'autoClose' <> '[]'
       from news n
      where b.tenant_id = $1 and n.definition is distinct from n.old
     returning b.revision, n.definition,
               n.definition->'autoClose' @> '[{"status": "RESOLVED"}]'
                 and (n.definition - 'policies') is distinct from (n.old - 'policies') as with_resolved
   ),
   revised as (
     insert into sla_revision (tenant_id, revision, effective_at, definition)
     select $1, book.revision, moment.now, book.definition
       from book, moment
   )
   insert into sla_progress as p (tenant_id, txid, seq, revision, revision_txid, with_resolved, started_at, progressed_at)
   select $1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0, book.revision, pg_current_xact_id()::text::bigint,
          book.with_resolved, moment.now, moment.now
     from book, moment
       on conflict (tenant_id) do update
      set revision = excluded.revision, revision_txid = excluded.revision_txid, position = 0, last_priority = null,
          last_created_at = null, last_id = null, in_resolved = false, judged = 0, started_at = excluded.started_at,
          with_resolved = excluded.with_resolved or (p.with_resolved and p.finished_at is null),
          progressed_at = excluded.progressed_at, finished_at = null
   returning revision`,
);

/**
 * Writes down by what the tenant's tickets are judged from now on, and lets a worker judge them anew. To be called in the
 * transaction of whatever that depends on: policies, business hours, holidays, time zone, plan, auto-closing. If that makes no
 * difference, nothing happens. Nobody judges in between, so what was judged without the revision lies before it.
 */
export async function reviseSla(ctx: SystemContext, tx: AnyTx, tenantId: string): Promise<void> {
  const sql = sqlOf(tx);
  await lockBook(sql, tenantId);
  const books = await sql.run(OPEN_BOOK, [tenantId]);
  if (books === 0) return;
  const [revised] = await sql.rows(REVISE, [tenantId, ownTime(ctx.clock)]);
  if (!revised) return;
  const { revision } = revised;
  await ctx.outbox.enqueue(tx, [outboxRow(slaTimerQueue, "judge_anew", { tenantId, revision, position: 0 })]);
}
