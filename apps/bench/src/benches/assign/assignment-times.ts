import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";
import { TENANT } from "./assign-world.ts";

/** When tickets arrived and were given, in milliseconds since 1970, by PostgreSQL's clock. */
export interface AssignmentTimes {
  arrivedAt: Float64Array;
  givenAt: Float64Array;
}

// Events are never written again, so the transaction of the row is the one that inserted it.
const timesBy = (time: string): string => `
  select extract(epoch from ${time.replaceAll("$", "opened")})::float8 * 1000 as "arrivedAt",
         extract(epoch from ${time.replaceAll("$", "given")})::float8 * 1000 as "givenAt"
    from event given
    left join event opened on opened.tenant_id = given.tenant_id and opened.ticket_id = given.ticket_id
                          and opened.type = 'TICKET_OPENED'
   where given.tenant_id = '${TENANT}' and given.type = 'ASSIGNMENT_CHANGED'`;

/**
 * The commits of all assignments, and of the arrivals they belong to. A server that keeps no commit times is asked for
 * the beginnings of the transactions instead.
 */
export function readAssignmentTimes(database: BenchDatabase): Promise<AssignmentTimes> {
  return withSystem(database, async (client) => {
    const { rows: settings } = await client.query<{ value: string }>(
      "select current_setting('track_commit_timestamp') as value",
    );
    const time = settings[0]?.value === "on" ? "pg_xact_commit_timestamp($.xmin)" : "$.created_at";
    const { rows } = await client.query<{ arrivedAt: number | null; givenAt: number }>(timesBy(time));
    return {
      arrivedAt: Float64Array.from(rows, ({ arrivedAt }) => arrivedAt ?? NaN),
      givenAt: Float64Array.from(rows, ({ givenAt }) => givenAt),
    };
  });
}
