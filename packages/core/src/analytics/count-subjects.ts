import { ReportKind } from "@parley/db";
import type { EventType } from "../context/index.ts";
import { KIND_COLUMNS } from "./kind-columns.ts";

/** In place of nobody: a key has no nulls. */
export const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Events after which a message may have become something else. */
export const MESSAGE_EVENT_TYPES = [
  "MESSAGE_RECEIVED",
  "MESSAGE_SCHEDULED",
  "MESSAGE_QUEUED",
  "MESSAGE_CANCELLED",
  "MESSAGE_SENT",
  "MESSAGE_STATUS_CHANGED",
] as const satisfies EventType[];

/** Kinds of messages that have left. */
export const LEFT = ["SENT", "DELIVERED", "READ", "PLAYED"] as const;

/**
 * SQL of relations that count the messages and conversations of the relations `messages` and `conversations` (tenant_id, id): as
 * what they are now, and no longer as what they were counted before. So each counts once, however often it is looked at. That
 * a message is being sent right now is nothing that the log tells of. Each is looked up by its key, whatever the planner knew of
 * its table when it made the plan: hence the limits. Where days are being cut anew, what stands in the next cut already is
 * counted there, too. message_pkey, conversation_pkey, report_subject_pkey, report_zone_pkey
 */
export function withCounts(): string {
  return `subjects as materialized (
     select k.tenant_id, k.id, m.inbox_id, case when m.sender_type = 'AGENT' then m.sender_id end as agent_id,
            (case m.status when 'SENDING' then 'QUEUED' else m.status::text end)::report_kind as kind,
            case when m.status in (${LEFT.map((kind) => `'${kind}'`).join(", ")})
                 then coalesce(m.sent_at, m.created_at) else m.created_at end as at
       from messages k
      cross join lateral (
        select * from message m where m.tenant_id = k.tenant_id and m.id = k.id limit 1
      ) m
      where not m.is_internal
     union all
     select k.tenant_id, k.id, c.inbox_id, null, 'CONVERSATION', c.created_at
       from conversations k
      cross join lateral (
        select * from conversation c where c.tenant_id = k.tenant_id and c.id = k.id limit 1
      ) c
   ), before as materialized (
     select b.*
       from subjects s
      cross join lateral (
        select * from report_subject r where r.tenant_id = s.tenant_id and r.subject_id = s.id limit 1
      ) b
   ), changed as materialized (
     select s.*, b.kind as kind_before, b.at as at_before, b.inbox_id as inbox_before, b.agent_id as agent_before
       from subjects s
       left join before b on b.tenant_id = s.tenant_id and b.subject_id = s.id
      where (b.kind, b.at, b.inbox_id, b.agent_id) is distinct from (s.kind, s.at, s.inbox_id, s.agent_id)
   ), remembered as (
     insert into report_subject (tenant_id, subject_id, kind, at, inbox_id, agent_id)
     select tenant_id, id, kind, at, inbox_id, agent_id from changed order by tenant_id, id
         on conflict (tenant_id, subject_id) do update
        set kind = excluded.kind, at = excluded.at, inbox_id = excluded.inbox_id, agent_id = excluded.agent_id
   ), zones as materialized (
     select t.tenant_id, coalesce(z.time_zone, n.time_zone) as time_zone, z.next_time_zone, z.filled_to,
            z.tenant_id is null as is_new
       from (select distinct tenant_id from changed) t
      cross join lateral (select time_zone from tenant n where n.id = t.tenant_id limit 1) n
       left join lateral (select * from report_zone r where r.tenant_id = t.tenant_id limit 1) z on true
   ), zoned as (
     insert into report_zone (tenant_id, time_zone) select tenant_id, time_zone from zones where is_new
   ), cuts as materialized (
     select tenant_id, time_zone, false as is_next, null::uuid as filled_to from zones
     union all
     select tenant_id, next_time_zone, true, filled_to from zones where next_time_zone is not null
   ), moved as materialized (
     select tenant_id, at at time zone time_zone as local_at, is_next, kind, inbox_id, agent_id, 1 as units
       from changed join cuts using (tenant_id)
      where not is_next or id <= filled_to
     union all
     select tenant_id, at_before at time zone time_zone, is_next, kind_before, inbox_before, agent_before, -1
       from changed join cuts using (tenant_id)
      where kind_before is not null and (not is_next or id <= filled_to)
   ), ${addUnits("moved")}`;
}

/**
 * SQL of relations that add `units` of a relation to the days and hours that they are of, by its `local_at` and `is_next`. A day of
 * which everything went to another keeps its row, of zeros.
 */
export function addUnits(units: string): string {
  const added = Object.values(ReportKind).map((kind) => `coalesce(sum(units) filter (where kind = '${kind}'), 0)`);
  return `days as (
     insert into report_day as r (tenant_id, day, is_next, ${KIND_COLUMNS.join(", ")})
     select tenant_id, day, is_next, ${added.join(", ")}
       from (select tenant_id, local_at::date as day, is_next, kind, sum(units) as units
               from ${units} group by 1, 2, 3, 4 having sum(units) <> 0) k
      group by 1, 2, 3 order by 1, 2, 3
         on conflict (tenant_id, day, is_next) do update
        set ${KIND_COLUMNS.map((column) => `${column} = r.${column} + excluded.${column}`).join(", ")}
   ), hours as (
     insert into report_hour as r (tenant_id, day, hour, inbox_id, agent_id, kind, is_next, count)
     select tenant_id, local_at::date, extract(hour from local_at)::int, inbox_id, coalesce(agent_id, '${NOBODY}'), kind,
            is_next, sum(units)
       from ${units} group by 1, 2, 3, 4, 5, 6, 7 having sum(units) <> 0 order by 1, 2, 3, 4, 5, 6, 7
         on conflict (tenant_id, day, hour, inbox_id, agent_id, kind, is_next) do update set count = r.count + excluded.count
   )`;
}
