import { workingTimeBetween } from "@parley/calendar";
import { SlaMetric, SlaState, SlaTimerState, statement, type Sql } from "@parley/db";
import type { Clock } from "@parley/runtime";
import { z } from "zod";
import { ownTime } from "../context/index.ts";
import { jsonEnum, timeJson, toJsonEnum } from "../json/index.ts";
import { compileRules, type StoredRevision } from "./compile-rules.ts";
import type { SlaRules } from "./rules.ts";

/** What is promised about a ticket, as it is shown. */
export const ticketSlaJson = z
  .object({
    state: jsonEnum(SlaState).meta({ description: "The worst of what is open.", example: "on_track" }),
    policyId: z.uuid().nullable().meta({ description: "By which it is judged; null: nothing is promised." }),
    timers: z
      .array(
        z.object({
          metric: jsonEnum(SlaMetric),
          state: jsonEnum(SlaTimerState).meta({ example: "running" }),
          startedAt: timeJson,
          targetSeconds: z.number().meta({ example: 3_600 }),
          dueAt: timeJson.nullable().meta({ description: "Null while it is paused." }),
          remainingSeconds: z
            .number()
            .nullable()
            .meta({ description: "By the policy's clock; below 0: late. Null once it is settled.", example: 1_800 }),
          pausedSince: timeJson.nullable().meta({ example: null }),
          breachedAt: timeJson.nullable().meta({ example: null }),
          settledAt: timeJson.nullable().meta({ description: "When it was done, or came to nothing.", example: null }),
        }),
      )
      .meta({ description: "The latest of each kind." }),
  })
  .meta({ id: "TicketSla" });
export type TicketSlaJson = z.infer<typeof ticketSlaJson>;

interface Shown {
  state: SlaState;
  policyId: string | null;
  metric: SlaMetric | null;
  timerState: SlaTimerState;
  revision: number;
  timerPolicyId: string;
  startedAt: Date;
  targetMs: number;
  breachAt: Date | null;
  remainingMs: number | null;
  pausedAt: Date | null;
  breachedAt: Date | null;
  settledAt: Date | null;
  now: Date;
  definition: unknown;
  effectiveAt: Date;
}

// sla_ticket_pkey, sla_timer_pkey, sla_revision_pkey. Rules are read only where something runs.
const READ = statement<Shown>(
  "sla_ticket_show",
  `select s.state, s.policy_id as "policyId", m.metric, m.state as "timerState", m.revision,
          m.policy_id as "timerPolicyId", m.started_at as "startedAt", m.target_ms::float8 as "targetMs",
          m.breach_at as "breachAt", m.remaining_ms::float8 as "remainingMs", m.paused_at as "pausedAt",
          m.breached_at as "breachedAt", m.settled_at as "settledAt", coalesce($3::timestamptz, clock_timestamp()) as now,
          r.definition, r.effective_at as "effectiveAt"
     from sla_ticket s
     left join lateral (
       select distinct on (metric) * from sla_timer m
        where m.tenant_id = s.tenant_id and m.ticket_id = s.ticket_id
        order by metric, cycle desc
     ) m on true
     left join sla_revision r
       on m.settled_at is null and m.paused_at is null and r.tenant_id = s.tenant_id and r.revision = m.revision
    where s.tenant_id = $1 and s.ticket_id = $2
    order by m.metric`,
);

/** What is promised about a ticket, and how far that is; null where nothing ever was. */
export async function showTicketSla(
  { clock }: { clock: Clock },
  sql: Sql,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<TicketSlaJson | null> {
  const rows = await sql.rows(READ, [tenantId, id, ownTime(clock)]);
  const [first] = rows;
  if (!first) return null;
  const rulesOf = compileEachOnce();
  return {
    state: toJsonEnum(first.state),
    policyId: first.policyId,
    timers: rows.flatMap((row) => (row.metric === null ? [] : [toTimerJson(row, row.metric, rulesOf)])),
  };
}

function toTimerJson(row: Shown, metric: SlaMetric, rulesOf: RulesOf): TicketSlaJson["timers"][number] {
  const left = remainingMs(row, rulesOf);
  return {
    metric: toJsonEnum(metric),
    state: toJsonEnum(row.timerState),
    startedAt: row.startedAt.toISOString(),
    targetSeconds: row.targetMs / 1_000,
    dueAt: timeOf(row.breachAt),
    remainingSeconds: left === null ? null : left / 1_000,
    pausedSince: timeOf(row.pausedAt),
    breachedAt: timeOf(row.breachedAt),
    settledAt: timeOf(row.settledAt),
  };
}

type RulesOf = (stored: StoredRevision) => SlaRules;

/** What runs on a ticket is mostly by one revision. */
function compileEachOnce(): RulesOf {
  const compiled = new Map<number, SlaRules>();
  return (stored) => {
    const rules = compiled.get(stored.revision) ?? compileRules(stored);
    compiled.set(stored.revision, rules);
    return rules;
  };
}

function timeOf(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}

function remainingMs(row: Shown, rulesOf: RulesOf): number | null {
  const { settledAt, breachAt, now, timerPolicyId } = row;
  if (settledAt !== null) return null;
  if (row.pausedAt !== null || breachAt === null) return row.remainingMs;
  const policy = rulesOf(row).policies.find(({ id }) => id === timerPolicyId);
  return policy ? workingTimeBetween(policy.calendar, now, breachAt) : null;
}
