import { unnamed, type Statement, type TicketStatus } from "@parley/db";
import { conditionButStatus, statusIn, type TicketAsker } from "./ticket-condition.ts";
import type { TicketFilter } from "./ticket-filter.ts";
import { TICKET_COLUMNS, type SelectedTicket } from "./ticket-row.ts";
import type { TicketSort } from "./ticket-sort.ts";

/** A statement with its values. */
export interface Query<Row> {
  statement: Statement<Row>;
  values: unknown[];
}

/**
 * The first `limit` tickets that all of `filters` mean, in the order of `sort`; after `key`, if it is given. Each status is
 * asked for by itself, which its own index answers in order, and the answers are merged.
 */
export function selectTickets(
  filters: readonly TicketFilter[],
  asker: TicketAsker,
  { sort, key, limit }: { sort: TicketSort; key: readonly unknown[] | undefined; limit: number },
): Query<SelectedTicket> {
  const values: unknown[] = [];
  const condition = conditionButStatus(values, filters, asker);
  const after = key === undefined ? [] : [sort.after(key.map((part) => `$${values.push(part)}`))];
  const end = `order by ${sort.order} limit $${values.push(limit)}`;
  const arms = (sort.mergesStatuses ? statusArms(filters) : [statusesOf(filters)]).map((statuses) =>
    ["select t.* from ticket t where", [condition, ...statusConditions(statuses), ...after].join(" and "), end].join(
      " ",
    ),
  );
  return { statement: unnamed(`select ${TICKET_COLUMNS} from (${union(arms)}) t ${end}`), values };
}

/** How many tickets each list of filters means, up to `most`, in the order of the lists. */
export function countTickets(
  lists: readonly (readonly TicketFilter[])[],
  asker: TicketAsker,
  most: number,
): Query<{ count: number }> {
  const values: unknown[] = [];
  const counts = lists.map((filters, position) => {
    const condition = conditionButStatus(values, filters, asker);
    const arms = statusArms(filters).map(
      (statuses) => `select from ticket t where ${[condition, ...statusConditions(statuses)].join(" and ")}`,
    );
    return `select ${position} as position, count(*)::int as count from (select from (${union(arms)}) t limit ${most}) t`;
  });
  return { statement: unnamed(`select count from (${union(counts)}) c order by position`), values };
}

type Statuses = readonly TicketStatus[] | undefined;

function statusConditions(statuses: Statuses): string[] {
  return statuses === undefined ? [] : [statusIn(statuses)];
}

/** Those that all of the filters allow; undefined when none says anything of them. */
function statusesOf(filters: readonly TicketFilter[]): Statuses {
  return filters.reduce<Statuses>(
    (allowed, { status }) =>
      status && allowed ? allowed.filter((each) => status.includes(each)) : (status ?? allowed),
    undefined,
  );
}

/** Somebody's tickets, or a contact's, are few, and have indexes of their own: they are read at once. */
function statusArms(filters: readonly TicketFilter[]): Statuses[] {
  const statuses = statusesOf(filters);
  const isOfFew = filters.some(
    ({ assigneeId, contactId }) => contactId !== undefined || (assigneeId !== undefined && assigneeId !== "none"),
  );
  if (statuses === undefined || statuses.length === 0 || isOfFew) return [statuses];
  return [...new Set(statuses)].map((status) => [status]);
}

function union(selects: readonly string[]): string {
  return selects.map((select) => `(${select})`).join(" union all ");
}
