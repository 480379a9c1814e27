import { statement, type Sql } from "@parley/db";
import { ownTime, type SystemContext } from "../context/index.ts";

const LOOK = statement<{ now: Date }>("sla_clock_look", "select coalesce($1::timestamptz, clock_timestamp()) as now");

/** What time it is by the clock that stamps what is in the log: this process's may be off. */
export async function lookAtClock({ clock }: Pick<SystemContext, "clock">, sql: Sql): Promise<Date> {
  const [look] = await sql.rows(LOOK, [ownTime(clock)]);
  if (!look) throw new Error("the database does not tell the time");
  return look.now;
}
