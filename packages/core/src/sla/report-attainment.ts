import { statement, type SlaMetric, type Statement } from "@parley/db";
import { authorize, ownTime, type RequestContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import type { AttainmentJson, AttainmentQuery } from "./report-schemas.ts";

const DEFAULT_SPAN_MS = 30 * 24 * 3_600_000;

interface Group {
  id: string | null;
  name: string | null;
  metric: SlaMetric;
  met: number;
  breached: number;
  averageLateSeconds: number | null;
}

/** What is counted together, and how it is called. */
const GROUPS = {
  policy: { column: "policy_id", names: "left join sla_policy n on n.tenant_id = $1 and n.id = g.id", name: "n.name" },
  team: { column: "team_id", names: "left join team n on n.tenant_id = $1 and n.id = g.id", name: "n.name" },
  agent: {
    column: "user_id",
    names: "left join membership m on m.tenant_id = $1 and m.user_id = g.id left join app_user n on n.id = m.user_id",
    name: "n.full_name",
  },
} as const satisfies Record<AttainmentQuery["by"], { column: string; names: string; name: string }>;

// sla_timer_decided_idx, and the keys of what is named. What was cancelled counts for nobody.
function countBy(by: AttainmentQuery["by"]): Statement<Group> {
  const { column, names, name } = GROUPS[by];
  return statement<Group>(
    `sla_attainment_by_${by}`,
    `select g.id, ${name} as name, g.metric, g.met, g.breached, g.late as "averageLateSeconds"
       from (
         select t.${column} as id, t.metric,
                (count(*) filter (where t.state = 'MET'))::int as met,
                (count(*) filter (where t.state = 'BREACHED'))::int as breached,
                (avg(t.late_ms) filter (where t.state = 'BREACHED') / 1000)::float8 as late
           from sla_timer t
          where t.tenant_id = $1 and t.decided_at >= $2 and t.decided_at < $3 and t.state in ('MET', 'BREACHED')
          group by 1, 2
       ) g
       ${names}
      order by name nulls last, g.id, g.metric`,
  );
}

const COUNTS = { policy: countBy("policy"), team: countBy("team"), agent: countBy("agent") };

// sla_timer_due_idx: what is due and undecided is little, whoever's it is.
const COUNT_UNDECIDED = statement<{ count: number }>(
  "sla_count_undecided",
  `select count(*)::int as count
     from sla_timer t
    where t.tenant_id = $1 and t.due_at is not null and t.breached_at is null
      and t.due_at < (select least($2::timestamptz, coalesce($3::timestamptz, clock_timestamp())))
      and t.breach_at < (select least($2::timestamptz, coalesce($3::timestamptz, clock_timestamp())))`,
);

/**
 * How many promises were met, and how many missed, by when that was: to the millisecond, whenever somebody has looked. A
 * promise is for whoever answered, or had the ticket then.
 */
export async function reportAttainment(ctx: RequestContext, { by, ...span }: AttainmentQuery): Promise<AttainmentJson> {
  const tenantId = authorize(ctx, "sla.report");
  const to = span.to ?? ctx.clock.now();
  const from = span.from ?? new Date(to.getTime() - DEFAULT_SPAN_MS);
  const sql = ctx.database.tenantSql(tenantId);
  const [groups, [undecided]] = await Promise.all([
    sql.rows(COUNTS[by], [tenantId, from, to]),
    sql.rows(COUNT_UNDECIDED, [tenantId, to, ownTime(ctx.clock)]),
  ]);
  return {
    groups: groups.map(({ metric, met, breached, averageLateSeconds, ...group }) => ({
      ...group,
      metric: toJsonEnum(metric),
      met,
      breached,
      attainment: met / (met + breached),
      averageLateSeconds,
    })),
    undecided: undecided?.count ?? 0,
  };
}
