import { unnamed, type Statement } from "@parley/db";
import { statusArms, statusConditions, statusesOf, union } from "./status-arms.ts";
import { conditionButStatus, type TicketAsker } from "./ticket-condition.ts";
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
