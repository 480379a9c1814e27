import { statement, type Sql, type Statement, type UsageKind } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { UsageQuery, UsageReportJson } from "./schemas.ts";

type By = UsageQuery["by"];

interface GroupRow {
  key: string | null;
  name: string | null;
  kind: UsageKind;
  quantity: string;
}

/** What nobody, or no rule, has used. */
const NONE = "00000000-0000-0000-0000-000000000000";

/** What is counted together, and how it is called. */
const GROUPS = {
  day: { key: "d.day::text", names: "", name: "null" },
  channel: { key: "nullif(lower(d.channel), '')", names: "", name: "null" },
  agent: {
    key: `nullif(d.agent_id, '${NONE}')::text`,
    names:
      "left join membership m on m.tenant_id = $1 and m.user_id = g.key::uuid left join app_user n on n.id = m.user_id",
    name: "n.full_name",
  },
  rule: {
    key: `nullif(d.rule_id, '${NONE}')::text`,
    names: "left join ai_rule n on n.tenant_id = $1 and n.id = g.key::uuid",
    name: "n.name",
  },
} as const satisfies Record<By, { key: string; names: string; name: string }>;

// usage_daily_pkey, and the keys of what is named.
function countBy(by: By): Statement<GroupRow> {
  const { key, names, name } = GROUPS[by];
  return statement<GroupRow>(
    `usage_reports_by_${by}`,
    `select g.key, ${name} as name, g.kind, g.quantity
       from (
         select ${key} as key, d.kind, sum(d.quantity)::text as quantity
           from usage_daily d
          where d.tenant_id = $1 and d.period = $2
          group by 1, 2
       ) g
       ${names}
      order by g.key nulls last, g.kind`,
  );
}

const COUNTS = { day: countBy("day"), channel: countBy("channel"), agent: countBy("agent"), rule: countBy("rule") };

/** What was used in a period, by day, channel, agent or rule: those that used anything, in the order of their keys. */
export async function countGroups(
  sql: Sql,
  { tenantId, startsOn, by }: { tenantId: string; startsOn: Date; by: By },
): Promise<UsageReportJson["groups"]> {
  const rows = await sql.rows(COUNTS[by], [tenantId, startsOn]);
  return [...Map.groupBy(rows, ({ key }) => key)].map(([key, those]) => ({
    key,
    name: those[0]?.name ?? null,
    usage: those.map(({ kind, quantity }) => ({ kind: toJsonEnum(kind), quantity: Number(quantity) })),
  }));
}
