import { compareSets, equal, none, type Check } from "../harness/comparison.ts";
import type { Reader } from "../harness/reader.ts";
import type { Replayed } from "./replay-log.ts";

const keyOf = ({ ticketId, metric, cycle }: Pick<Replayed, "ticketId" | "metric" | "cycle">): string =>
  `${ticketId} ${metric.toLowerCase()} ${cycle}`;

const lineOf = (promise: Replayed): string =>
  [
    keyOf(promise),
    promise.state,
    Math.round(promise.startedAt),
    promise.breachedAt === null ? "" : Math.round(promise.breachedAt),
    promise.settledAt === null ? "" : Math.round(promise.settledAt),
  ].join(" ");

/** What is stored, and reported, is what the replay says; and each was told once, and not before its time. */
export async function checkPromises(
  reader: Reader,
  replayed: readonly Replayed[],
  reported: readonly Reported[],
): Promise<Check[]> {
  const stored = await reader.rows<Replayed>(
    `select ticket_id as "ticketId", tenant_id as "tenantId", metric::text, cycle,
            (extract(epoch from started_at) * 1000)::float8 as "startedAt",
            (extract(epoch from breached_at) * 1000)::float8 as "breachedAt",
            (extract(epoch from settled_at) * 1000)::float8 as "settledAt",
            case when state in ('RUNNING', 'PAUSED') then 'OPEN' else state::text end as state
       from sla_timer`,
  );
  const told = await reader.rows<{ key: string; type: string; because: string | null; earlyMs: number }>(
    `select ticket_id || ' ' || (data->>'metric') || ' ' || (data->>'cycle') as key, type, data->>'because' as because,
            (extract(epoch from (data->>'dueAt')::timestamptz - created_at) * 1000)::float8 as "earlyMs"
       from event where type in ('SLA_WARNING', 'SLA_BREACHED', 'SLA_RESTORED')`,
  );
  const breaches = told.filter(({ type }) => type === "SLA_BREACHED");
  return [
    compareSets("promises as the replay of the log has them", new Set(replayed.map(lineOf)), stored.map(lineOf)),
    ...attainment(replayed, reported),
    none("breaches told more or less than once", unevenlyTold(replayed, told)),
    none(
      "breaches told before they were due",
      breaches.filter(({ earlyMs }) => earlyMs > 0).map(({ key }) => key),
    ),
    equal("timers that are still due", 0, await reader.count("select count(*) from sla_timer where due_at < now()")),
    equal("escalations left undone", 0, await reader.count("select count(*) from sla_step where state = 'WAITING'")),
    equal(
      "breaches of a first response without an escalation",
      0,
      await reader.count(
        `select count(*) from sla_timer m
          where m.metric = 'FIRST_RESPONSE' and m.breached_at is not null and m.settled_at is null
            and not exists (select from sla_step s where s.tenant_id = m.tenant_id and s.ticket_id = m.ticket_id
                               and s.metric = m.metric and s.started_at = m.started_at)`,
      ),
    ),
  ];
}

/** What the API reports of one metric of one company. */
export interface Reported {
  metric: string;
  met: number;
  breached: number;
}

/** The reports of attainment against the replay, by metric. */
function attainment(replayed: readonly Replayed[], reported: readonly Reported[]): Check[] {
  return ["FIRST_RESPONSE", "NEXT_RESPONSE", "RESOLUTION"].flatMap((metric) =>
    (["met", "breached"] as const).map((state) => {
      const counted = replayed.filter((each) => each.metric === metric && each.state === state.toUpperCase()).length;
      const told = reported.filter((each) => each.metric === metric.toLowerCase());
      return equal(
        `reported of ${metric.toLowerCase()}: ${state}`,
        counted,
        told.reduce((sum, each) => sum + each[state], 0),
      );
    }),
  );
}

/** What is missed was told once more than it was taken back, and nothing else was told to be missed without that. */
function unevenlyTold(
  replayed: readonly Replayed[],
  told: readonly { key: string; type: string; because: string | null }[],
): string[] {
  const balance = new Map<string, number>();
  for (const { key, type, because } of told) {
    const step = type === "SLA_BREACHED" ? 1 : type === "SLA_RESTORED" && because === "changed" ? -1 : 0;
    balance.set(key, (balance.get(key) ?? 0) + step);
  }
  const missed = new Set(replayed.filter(({ state }) => state === "BREACHED").map(keyOf));
  const keys = new Set([...balance.keys(), ...missed]);
  return [...keys].flatMap((key) => {
    const count = balance.get(key) ?? 0;
    return count === (missed.has(key) ? 1 : 0) ? [] : [`${key}: ${count}`];
  });
}
