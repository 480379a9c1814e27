import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql } from "../events/index.ts";
import { followAgain } from "./follow-again.ts";
import { readWhole } from "./read-whole.ts";
import { rebuildRollUps } from "./rebuild-roll-ups.ts";
import { namesOf, QUOTA_SUMS, selectDaily, selectQuotaSums, selectTicketSums, TICKET_SUMS } from "./roll-up-columns.ts";
import { FOLLOWED_TYPES, withCounted } from "./what-counts.ts";

/** What does not agree in a tenant. */
interface Mismatch {
  tenantId: string;
  /** Rows that are one way in the roll-up and another in the ledger, or only in one of them. */
  daily: number;
  tickets: number;
  quotas: number;
  /** What the log tells of and the ledger does not know. */
  missing: number;
}

const LEDGER = `(select e.*, d.time_zone
                   from usage_event e
                   join billing_period d on d.tenant_id = e.tenant_id and d.starts_on = e.period
                  where e.tenant_id = $1)`;

/** SQL that counts rows of one side without their like on the other, both ways. */
function differences(left: string, right: string): string {
  return `(select count(*)::int from ((${left} except all ${right}) union all (${right} except all ${left})) d)`;
}

// usage_event_pkey; one snapshot of everything, so whoever follows the log meanwhile changes nothing.
const COMPARE = statement<Omit<Mismatch, "tenantId" | "missing">>(
  "billing_compare",
  `select ${differences(
    `(select tenant_id, period, day, kind, channel, category, agent_id, rule_id, quantity from usage_daily where tenant_id = $1)`,
    `(${selectDaily(LEDGER)})`,
  )} as daily,
          ${differences(
            `(select tenant_id, ticket_id, period, ${namesOf(TICKET_SUMS)} from ticket_billing_usage where tenant_id = $1)`,
            `(${selectTicketSums(LEDGER)})`,
          )} as tickets,
          ${differences(
            `(select tenant_id, period, ${namesOf(QUOTA_SUMS)} from tenant_quota_usage where tenant_id = $1)`,
            `(select tenant_id, period, ${namesOf(QUOTA_SUMS)} from (${selectQuotaSums(LEDGER)}) s
              union all
              select tenant_id, period, ${Object.keys(QUOTA_SUMS)
                .map(() => "0")
                .join(", ")}
                from quota_recharge r
               where tenant_id = $1 and number = 1
                 and exists (select from tenant_quota_usage q where q.tenant_id = r.tenant_id and q.period = r.period)
                 and not exists (select from usage_event e where e.tenant_id = r.tenant_id and e.period = r.period))`,
          )}
          + (select count(*)::int from tenant_quota_usage q
              where q.tenant_id = $1
                and q.auto_recharges > (select count(*) from quota_recharge r
                                         where r.tenant_id = q.tenant_id and r.period = q.period)) as quotas`,
);

const TYPES = FOLLOWED_TYPES.map((type) => `'${type}'`).join(", ");

// event_tenant_id_txid_seq_idx; usage_event_tenant_id_kind_cause_key. What the follower has not come to yet is not missing.
// Recharges are numbered, so whoever has counted one has counted those before it.
const FIND_MISSING = statement<{ missing: number; recharges: number }>(
  "billing_find_missing",
  `with done as (
     select txid, seq from billing_progress where id = 1
   ), page as materialized (
     select e.tenant_id, e.txid, e.seq, e.type, e.actor_type, e.actor_id, e.ticket_id, e.message_id, e.data, e.cause,
            e.created_at
       from event e, done
      where e.tenant_id = $1 and e.txid >= $2 and (e.txid, e.seq) <= (done.txid, done.seq) and e.type in (${TYPES})
   ), ${withCounted()}
   select (select count(*)::int
             from counted c
            where c.quantity > 0 and c.cause is not null
              and not exists (select from usage_event u
                               where u.tenant_id = c.tenant_id and u.kind = c.kind and u.cause = c.cause)) as missing,
          (select count(distinct e.data ->> 'period')::int
             from page e
            where e.type = 'QUOTA_RECHARGED'
              and not exists (select from tenant_quota_usage q
                               where q.tenant_id = e.tenant_id and q.period = (e.data ->> 'period')::date
                                 and q.auto_recharges >= (e.data ->> 'number')::int)) as recharges`,
);

/**
 * Compares a tenant's roll-ups with its ledger, and the ledger with the log from the transaction `fromTxid` on. Undefined when
 * everything agrees.
 */
export async function compareUsage(
  ctx: SystemContext,
  tenantId: string,
  fromTxid: string,
): Promise<Mismatch | undefined> {
  return readWhole(ctx, async (sql) => {
    const [compared] = await sql.rows(COMPARE, [tenantId]);
    const [known] = await sql.rows(FIND_MISSING, [tenantId, fromTxid]);
    if (!compared || !known) throw new Error("a comparison returns a row");
    const { daily, tickets } = compared;
    const quotas = compared.quotas + known.recharges;
    const { missing } = known;
    return daily + tickets + quotas + missing === 0 ? undefined : { tenantId, daily, tickets, quotas, missing };
  });
}

/** The same, and whatever does not agree is told by BILLING_MISMATCH; what is missing is written, and sums are computed anew. */
export async function proveUsage(
  ctx: SystemContext,
  tenantId: string,
  fromTxid: string,
): Promise<Mismatch | undefined> {
  const mismatch = await compareUsage(ctx, tenantId, fromTxid);
  if (!mismatch) return undefined;
  const { tenantId: _tenant, ...data } = mismatch;
  ctx.logger.error(mismatch, "log, ledger and roll-ups do not agree");
  await ctx.database.system.transaction((sql) =>
    publishEventsSql(ctx, sql, [{ tenantId, actorType: "SYSTEM", type: "BILLING_MISMATCH", data }]),
  );
  if (mismatch.missing > 0) await followAgain(ctx, tenantId, fromTxid);
  await rebuildRollUps(ctx, tenantId);
  return mismatch;
}
