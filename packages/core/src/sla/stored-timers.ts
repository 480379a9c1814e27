import { statement, type Sql } from "@parley/db";
import type { TicketKey } from "../sla-clocks/index.ts";
import type { TimerRow } from "./timer-row.ts";

/** A column of `sla_timer`, its type, and what of a row it holds. */
const COLUMNS = {
  metric: ["metric", "sla_metric"],
  cycle: ["cycle", "int"],
  policyId: ["policy_id", "uuid"],
  revision: ["revision", "int"],
  state: ["state", "sla_timer_state"],
  startedAt: ["started_at", "timestamptz"],
  targetMs: ["target_ms", "bigint"],
  breachAt: ["breach_at", "timestamptz"],
  pausedAt: ["paused_at", "timestamptz"],
  remainingMs: ["remaining_ms", "bigint"],
  warnedAt: ["warned_at", "timestamptz"],
  breachedAt: ["breached_at", "timestamptz"],
  settledAt: ["settled_at", "timestamptz"],
  decidedAt: ["decided_at", "timestamptz"],
  lateMs: ["late_ms", "bigint"],
  userId: ["user_id", "uuid"],
  teamId: ["team_id", "uuid"],
  escalatedSeconds: ["escalated_seconds", "int"],
  dueAt: ["due_at", "timestamptz"],
} as const satisfies Record<keyof TimerRow, readonly [column: string, type: string]>;

type Field = keyof typeof COLUMNS;
const FIELDS = Object.keys(COLUMNS) as Field[];
const NAMES = FIELDS.map((field) => COLUMNS[field][0]);
const KEY: readonly string[] = ["metric", "cycle"];

type StoredTimer = TimerRow & { ticketId: string };

// Times and durations are numbers here, and come as such.
const SELECTED = FIELDS.map((field) => {
  const [column, type] = COLUMNS[field];
  if (type === "timestamptz") return `(extract(epoch from m.${column}) * 1000)::float8 as "${field}"`;
  return `m.${column}${type === "bigint" ? "::float8" : ""} as "${field}"`;
}).join(", ");

// sla_timer_pkey
const READ = statement<StoredTimer>(
  "sla_timers_read",
  `select m.ticket_id as "ticketId", ${SELECTED}
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join sla_timer m on m.tenant_id = k.tenant_id and m.ticket_id = k.id`,
);

// sla_timer_pkey
const WRITE = statement(
  "sla_timers_write",
  `insert into sla_timer (tenant_id, ticket_id, ${NAMES.join(", ")})
   select *
     from unnest($1::uuid[], $2::uuid[], ${FIELDS.map((field, index) => `$${index + 3}::${COLUMNS[field][1]}[]`).join(", ")})
       on conflict (tenant_id, ticket_id, metric, cycle) do update
      set ${NAMES.filter((name) => !KEY.includes(name))
        .map((name) => `${name} = excluded.${name}`)
        .join(", ")}`,
);

// sla_timer_pkey
const REMOVE = statement(
  "sla_timers_remove",
  `delete from sla_timer m
    using unnest($1::uuid[], $2::uuid[], $3::sla_metric[], $4::int[]) as k (tenant_id, ticket_id, metric, cycle)
    where m.tenant_id = k.tenant_id and m.ticket_id = k.ticket_id and m.metric = k.metric and m.cycle = k.cycle`,
);

/** A row of a ticket. */
export type OfTicket = TicketKey & { row: TimerRow };

/** The timers of these tickets, by the tickets' ids. */
export async function readTimers(sql: Sql, keys: readonly TicketKey[]): Promise<Map<string, TimerRow[]>> {
  const rows = await sql.rows(READ, [keys.map(({ tenantId }) => tenantId), keys.map(({ ticketId }) => ticketId)]);
  const ofTicket = Map.groupBy(rows, ({ ticketId }) => ticketId);
  return new Map([...ofTicket].map(([id, list]) => [id, list.map(({ ticketId: _of, ...row }) => row)]));
}

export async function writeTimers(sql: Sql, timers: readonly OfTicket[]): Promise<void> {
  if (timers.length === 0) return;
  await sql.run(WRITE, [
    timers.map(({ tenantId }) => tenantId),
    timers.map(({ ticketId }) => ticketId),
    ...FIELDS.map((field) => timers.map(({ row }) => storedValue(field, row[field]))),
  ]);
}

export async function removeTimers(sql: Sql, timers: readonly OfTicket[]): Promise<void> {
  if (timers.length === 0) return;
  await sql.run(REMOVE, [
    timers.map(({ tenantId }) => tenantId),
    timers.map(({ ticketId }) => ticketId),
    timers.map(({ row }) => row.metric),
    timers.map(({ row }) => row.cycle),
  ]);
}

export function isSameTimer(first: TimerRow, second: TimerRow): boolean {
  return FIELDS.every((field) => first[field] === second[field]);
}

function storedValue(field: Field, value: TimerRow[Field]): unknown {
  return COLUMNS[field][1] === "timestamptz" && typeof value === "number" ? new Date(value) : value;
}
