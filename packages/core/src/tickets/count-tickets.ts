import { unnamed, type Sql } from "@parley/db";
import { canPass, countInOnePass, EXAMINED, type Counted, type Wanted } from "./count-in-one-pass.ts";
import { isOfFew, statusConditions, union, unorderedArms } from "./status-arms.ts";
import { conditionButStatus, type TicketAsker } from "./ticket-condition.ts";
import type { TicketFilter } from "./ticket-filter.ts";

/** Hardly any company has more unfinished tickets; theirs are counted list by list, as far as that is needed. */
const MOST_EXAMINED = 10_000;

/**
 * How many tickets each list of filters means, up to `most`, in the order of the lists. Lists of unfinished tickets are
 * counted in one pass through all of these, as far as `mostExamined` of them.
 */
export async function countTickets(
  sql: Pick<Sql, "rows">,
  lists: readonly (readonly TicketFilter[])[],
  asker: TicketAsker,
  { most, mostExamined = MOST_EXAMINED }: { most: number; mostExamined?: number },
): Promise<number[]> {
  const all = lists.map((filters, position): Wanted => ({ position, filters }));
  const passing = choosePassing(all);
  const alone = all.filter((wanted) => !passing.includes(wanted));
  const values: unknown[] = [];
  const counts = await run(sql, values, [
    ...alone.map((wanted) => countAlone(values, wanted, asker, most)),
    ...(passing.length > 0 ? countInOnePass(values, passing, asker, mostExamined + 1) : []),
  ]);
  // Of what was not examined there may be more.
  if ((counts.get(EXAMINED) ?? 0) > mostExamined) {
    const unsure = passing.filter(({ position }) => (counts.get(position) ?? 0) < most);
    const others: unknown[] = [];
    const again = unsure.map((wanted) => countAlone(others, wanted, asker, most));
    for (const [position, count] of await run(sql, others, again)) counts.set(position, count);
  }
  return all.map(({ position }) => Math.min(counts.get(position) ?? 0, most));
}

/** Those that one pass counts. Somebody's few join it when it is made for others, and not for their sake. */
function choosePassing(all: readonly Wanted[]): readonly Wanted[] {
  const fit = all.filter(({ filters }) => canPass(filters));
  return fit.some(({ filters }) => !isOfFew(filters)) ? fit : [];
}

/** Stops at `most`. Reads what is meant for the list: the index of a status, a person, a contact. */
function countAlone(values: unknown[], { position, filters }: Wanted, asker: TicketAsker, most: number): string {
  const condition = conditionButStatus(values, filters, asker);
  const arms = unorderedArms(filters).map(
    (statuses) => `select from ticket t where ${[condition, ...statusConditions(statuses)].join(" and ")}`,
  );
  return `select ${position} as position, count(*)::int as count from (select from (${union(arms)}) t limit ${most}) t`;
}

/** What is counted for one position in several places is its sum. */
async function run(
  sql: Pick<Sql, "rows">,
  values: readonly unknown[],
  selects: readonly string[],
): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  const rows = selects.length > 0 ? await sql.rows(unnamed<Counted>(union(selects)), values) : [];
  for (const { position, count } of rows) counts.set(position, (counts.get(position) ?? 0) + count);
  return counts;
}
