import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";
import { externalIdPrefix, scheduledAt, type Schedule } from "./schedule.ts";

// Inbound messages are not written again, so the transaction of the row is the one that inserted it.
const FIND_COMMITS = `
  select substr(external_id, $2)::int as index, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as "committedAt"
    from message where starts_with(external_id, $1)`;

/**
 * The milliseconds from the time planned to the commit of each message, by PostgreSQL's own record, which costs the
 * measurement nothing. Empty where the server does not keep commit times. Throws when a message is missing.
 */
export function commitLatencies(database: BenchDatabase, schedule: Schedule): Promise<Float64Array> {
  return withSystem(database, async (client) => {
    const { rows: settings } = await client.query<{ value: string }>(
      "select current_setting('track_commit_timestamp') as value",
    );
    if (settings[0]?.value !== "on") return new Float64Array();
    const prefix = externalIdPrefix(schedule);
    const { rows } = await client.query<{ index: number; committedAt: number }>(FIND_COMMITS, [
      prefix,
      prefix.length + 1,
    ]);
    const expected = Math.round(schedule.rate * schedule.seconds);
    if (rows.length !== expected) throw new Error(`${rows.length} of ${expected} messages were committed`);
    return Float64Array.from(rows, ({ index, committedAt }) => committedAt - scheduledAt(schedule, index));
  });
}
