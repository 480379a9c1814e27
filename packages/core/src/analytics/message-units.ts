import type { GroupBy } from "./schemas.ts";
import { startOfDay } from "./start-of-day.ts";

/**
 * SQL of the messages of $1 from the day $2 to the day $3, in the time zone $4, as a `count` of each `kind`, with what they are
 * grouped by; for a report of `hours` with `day` and `hour`. By what their tickets are now each message is looked up, and then each
 * ticket; else hours are read, which were counted. report_hour_pkey; report_subject_tenant_id_at_idx, message_pkey, ticket_pkey
 */
export function messageUnits(by: GroupBy, { hours }: { hours: boolean }): string {
  if (by !== "team" && by !== "tag") {
    return `(select * from report_hour
              where tenant_id = $1 and day >= $2::date and day <= $3::date and not is_next
                and kind <> 'CONVERSATION' and count <> 0 and $4::text is not null)`;
  }
  const local = "s.at at time zone $4::text";
  const time = hours ? `, (${local})::date as day, extract(hour from ${local})::int as hour` : "";
  return `(select u.*, t.team_id
             from (select s.tenant_id, m.ticket_id, s.kind, count(*) as count${time}
                     from report_subject s
                     join message m on m.tenant_id = s.tenant_id and m.id = s.subject_id
                    where s.tenant_id = $1 and s.at >= ${startOfDay("$2::date", "$4::text")}
                      and s.at < ${startOfDay("$3::date + 1", "$4::text")} and s.kind <> 'CONVERSATION'
                    group by s.tenant_id, m.ticket_id, s.kind${hours ? ", 5, 6" : ""}) u
             left join ticket t on t.tenant_id = u.tenant_id and t.id = u.ticket_id)`;
}
