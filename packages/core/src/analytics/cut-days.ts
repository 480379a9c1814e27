import { statement, type Sql, type Statement } from "@parley/db";
import type { RebuiltPart } from "../rebuild-steps/index.ts";
import { addUnits } from "./count-subjects.ts";

/** Subjects of a part: what takes a moment. */
const CHUNK = 20_000;

/** Rows that one statement has time to write, of a transaction that may write more. */
const PIECE = 100_000;
const TABLES = ["report_day", "report_hour"] as const;

const FORGET_NEXT = TABLES.map((table) => pieceOf(`${table}_forget_next`, table, "is_next", "delete from"));
const FORGET = TABLES.map((table) => pieceOf(`${table}_forget`, table, "not is_next", "delete from"));
const REPLACE = TABLES.map((table) => pieceOf(`${table}_replace`, table, "is_next", "update", "set is_next = false"));

// report_zone_pkey, tenant_pkey
const BEGIN = statement(
  "report_cut_begin",
  `update report_zone z set next_time_zone = t.time_zone, filled_to = '00000000-0000-0000-0000-000000000000'
     from tenant t where z.tenant_id = $1 and t.id = z.tenant_id`,
);

interface Filled {
  count: number;
  lastId: string | null;
  /** There is a next cut. */
  isCutting: boolean;
}

// report_subject_pkey, report_zone_pkey
const FILL = statement<Filled>(
  "report_cut_fill",
  `with zone as materialized (
     select next_time_zone, filled_to from report_zone where tenant_id = $1 and next_time_zone is not null
   ), chunk as materialized (
     select s.*, s.at at time zone z.next_time_zone as local_at, true as is_next, 1 as units
       from zone z
      cross join lateral (
        select * from report_subject r where r.tenant_id = $1 and r.subject_id > z.filled_to order by r.subject_id limit $2) s
   ), last as (
     select subject_id from chunk order by subject_id desc limit 1
   ), ${addUnits("chunk")}, filled as (
     update report_zone set filled_to = last.subject_id from last where tenant_id = $1
   )
   select (select count(*)::int from chunk) as count, (select subject_id from last) as "lastId",
          exists (select from zone) as "isCutting"`,
);

const ADOPT = statement(
  "report_zone_adopt",
  "update report_zone set time_zone = next_time_zone, next_time_zone = null, filled_to = null where tenant_id = $1",
);

/**
 * Begins to cut a tenant's days anew, in its time zone as it is now: beside those that reports are read from, until `fillCut` has
 * come to the end. The caller holds the progress.
 */
export async function beginCut(sql: Sql, tenantId: string): Promise<void> {
  await inPieces(sql, tenantId, FORGET_NEXT);
  await sql.run(BEGIN, [tenantId]);
}

/**
 * Puts the next `most` subjects into the cut that was begun; when those are all, it takes the place of the one before. Goes on where
 * it was, whoever that was; nothing is left when no cut is under way. The caller holds the progress.
 */
export async function fillCut(sql: Sql, tenantId: string, most = CHUNK): Promise<RebuiltPart> {
  const [filled] = await sql.rows(FILL, [tenantId, most]);
  if (!filled?.isCutting) return { count: 0, next: null };
  if (filled.count === most) return { count: most, next: filled.lastId };
  await inPieces(sql, tenantId, [...FORGET, ...REPLACE]);
  await sql.run(ADOPT, [tenantId]);
  return { count: filled.count, next: null };
}

/** report_day_pkey, report_hour_pkey */
function pieceOf(name: string, table: string, which: string, change: string, to = ""): Statement<never> {
  return statement(
    name,
    `${change} ${table} ${to}
      where ctid = any(array(select ctid from ${table} where tenant_id = $1 and ${which} limit ${PIECE}))`,
  );
}

async function inPieces(sql: Sql, tenantId: string, pieces: readonly Statement<never>[]): Promise<void> {
  for (const piece of pieces) while ((await sql.run(piece, [tenantId])) === PIECE);
}
