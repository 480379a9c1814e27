import { coversUnfinished, isOfUnfinished, statusConditions, statusesOf } from "./status-arms.ts";
import { filterConditions, type TicketAsker } from "./ticket-condition.ts";
import type { TicketFilter } from "./ticket-filter.ts";

/** One list of filters, and which it is among those that are counted. */
export interface Wanted {
  position: number;
  filters: readonly TicketFilter[];
}

export interface Counted {
  position: number;
  count: number;
}

/** Stands for the tickets that the pass has examined among what is counted. */
export const EXAMINED = -1;

/** What `ticket_unfinished_idx` holds of a ticket, by the parts of a filter that are judged by it. */
const HELD: ReadonlyMap<string, string> = new Map<keyof TicketFilter, string>([
  ["status", "status"],
  ["priority", "priority"],
  ["channel", "channel"],
  ["inboxId", "inbox_id"],
  ["assigneeId", "assignee_id"],
  ["teamId", "team_id"],
  ["tag", "tags"],
  ["isSnoozed", "snoozed_at"],
  ["createdAfter", "created_at"],
  ["createdBefore", "created_at"],
]);

/**
 * Where the unfinished tickets are: nearly all in an index that holds what filters ask for, so that none of them is read;
 * and those that have too many tags for a row of it. ticket_unfinished_idx, ticket_much_tagged_idx
 */
const PLACES = ["cardinality(t.tags) <= 8", "(cardinality(t.tags) <= 8) is not true"];

/** Whether all that the filters ask for is held by the index. */
export function canPass(filters: readonly TicketFilter[]): boolean {
  return isOfUnfinished(statusesOf(filters)) && filters.flatMap(partsOf).every((part) => HELD.has(part));
}

/**
 * Counts for several lists of filters at once, one statement a place; of each place at most `most` tickets are examined,
 * whichever they are, and they are counted as `EXAMINED`.
 */
export function countInOnePass(values: unknown[], some: readonly Wanted[], asker: TicketAsker, most: number): string[] {
  const tenant = `$${values.push(asker.tenantId)}::uuid`;
  const counts = some.map(({ filters }) => {
    const statuses = statusesOf(filters);
    const conditions = [
      ...filterConditions(values, filters, asker),
      ...(coversUnfinished(statuses) ? [] : statusConditions(statuses)),
    ];
    return conditions.length === 0 ? "count(*)::int" : `count(*) filter (where ${conditions.join(" and ")})::int`;
  });
  const positions = [EXAMINED, ...some.map(({ position }) => position)];
  const columns = new Set(
    some.flatMap(({ filters }) => filters.flatMap(partsOf).flatMap((part) => HELD.get(part) ?? [])),
  );
  // More columns than are needed would be written out as nulls, ticket by ticket.
  const listed = [...columns].map((column) => `t.${column}`).join(", ");
  return PLACES.map(
    (place) => `
      select c.position, c.count
        from (select array[${["count(*)::int", ...counts].join(", ")}] as counts
                from (select ${listed} from ticket t
                       where t.tenant_id = ${tenant} and t.status not in ('RESOLVED', 'CLOSED') and ${place}
                       limit ${most}) t) s
       cross join unnest(array[${positions.join(", ")}], s.counts) c (position, count)`,
  );
}

/** What a filter says something of. */
function partsOf(filter: TicketFilter): string[] {
  return Object.entries(filter).flatMap(([part, value]) => (value === undefined ? [] : [part]));
}
