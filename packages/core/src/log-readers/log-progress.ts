import { statement, type Statement } from "@parley/db";

export interface Place {
  txid: string;
  seq: string;
  /** Everything that a transaction before this one wrote is committed, or never will be. */
  horizon: string;
}

/** How a reader's place in the log is held and moved. */
export interface LogProgress {
  hold: Statement<Place>;
  advance: Statement<never>;
}

/**
 * The place of a reader whose table has one row, with `txid`, `seq` and `progressed_at`. Whoever goes on holds the row; others
 * leave at once.
 */
export function progressIn(table: string): LogProgress {
  return {
    hold: statement<Place>(
      `${table}_hold`,
      `select txid::text as txid, seq::text as seq, pg_snapshot_xmin(pg_current_snapshot())::text as horizon
         from ${table} where id = 1 for update skip locked`,
    ),
    advance: statement(`${table}_advance`, `update ${table} set txid = $1, seq = $2, progressed_at = $3 where id = 1`),
  };
}
