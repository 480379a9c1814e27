import type { GroupBy } from "./schemas.ts";
import { NOBODY } from "./count-subjects.ts";

/** How the rows of a relation `f` are grouped. */
interface Grouping {
  /** What counts together, as text. */
  key: string;
  /** What `f` is joined to for it. */
  joins: string;
}

interface Dimension extends Grouping {
  /** How a group `g` is called. */
  name: string;
  names: string;
}

const DIMENSIONS: Record<GroupBy, Dimension> = {
  all: { key: "null::text", joins: "", name: "null::text", names: "" },
  agent: {
    key: `nullif(f.agent_id, '${NOBODY}')::text`,
    joins: "",
    name: "n.full_name",
    names: `left join membership m on m.tenant_id = $1 and m.user_id = g.id::uuid
            left join app_user n on n.id = m.user_id`,
  },
  team: {
    key: "f.team_id::text",
    joins: "",
    name: "n.name",
    names: "left join team n on n.tenant_id = $1 and n.id = g.id::uuid",
  },
  inbox: {
    key: "f.inbox_id::text",
    joins: "",
    name: "n.name",
    names: "left join inbox n on n.tenant_id = $1 and n.id = g.id::uuid",
  },
  channel: {
    key: "lower(i.channel::text)",
    joins: "join inbox i on i.tenant_id = f.tenant_id and i.id = f.inbox_id",
    name: "g.id",
    names: "",
  },
  tag: {
    key: "tag",
    joins: "join ticket k on k.tenant_id = f.tenant_id and k.id = f.ticket_id cross join unnest(k.tags) tag",
    name: "g.id",
    names: "",
  },
};

/**
 * SQL of a report in groups, whose tenant is $1. `aggregate` is given the key of a group, as `id`, what `f` is to be joined to, and
 * by what groups come to be of its first column; it returns a query of one row a group. What it is called is asked of the groups
 * alone. Everything together is a group also where there is nothing.
 */
export function grouped(by: GroupBy, aggregate: (grouping: Grouping & { groups: string }) => string): string {
  const { key, joins, name, names } = DIMENSIONS[by];
  const groups = by === "all" ? "" : "group by 1";
  return `select g.*, ${name} as name from (${aggregate({ key, joins, groups })}) g ${names} order by name nulls last, g.id`;
}
