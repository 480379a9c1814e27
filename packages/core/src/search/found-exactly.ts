import { statement, type Sql } from "@parley/db";
import type { Candidate } from "./found-texts.ts";
import { EXACT_SCORE } from "./score-found.ts";
import { fits, type FilterValues } from "./search-filter.ts";

const NUMBER = /^#?(\d{1,15})$/;
const MOST = 50;

// ticket_order_ref_idx, ticket_tenant_id_number_key
const FIND = statement<{ id: string }>(
  "search_tickets_exactly",
  `select t.id
     from (select n.* from ticket n where n.tenant_id = $1::uuid and n.number = $11::bigint
           union
           select o.* from ticket o where o.tenant_id = $1::uuid and o.order_ref = any($12::text[])) t
    where ($3::uuid[] is null or t.inbox_id = any($3::uuid[])) and ($4::channel[] is null or t.channel = any($4::channel[]))
      and ($5::timestamptz is null or t.created_at >= $5) and ($6::timestamptz is null or t.created_at < $6)
      and ${fits("t")} and $2::text is not null
    order by t.created_at desc, t.id desc
    limit ${MOST}`,
);

/** Tickets of which what was typed is the number or the order reference, the newest first. */
export async function findExactly(sql: Sql, values: FilterValues): Promise<Candidate[]> {
  const typed = values[1];
  const number = NUMBER.exec(typed)?.[1] ?? null;
  const references = [...new Set([typed, typed.toUpperCase(), typed.replace(/^#/, "")])];
  const rows = await sql.rows(FIND, [...values, number, references]);
  return rows.map(({ id }) => ({ type: "TICKET", id, score: EXACT_SCORE, matchedBy: "EXACT" }));
}
