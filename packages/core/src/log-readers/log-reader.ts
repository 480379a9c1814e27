import { statement, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { LogProgress } from "./log-progress.ts";

/** A part of the log: after (txid, seq), and before the transaction `until`. */
export interface LogWindow {
  txid: string;
  seq: string;
  until: string;
  /** How many events at most. */
  limit: number;
}

export interface LogPage {
  /** Of those that the reader looks for. */
  events: number;
  /** The last of them; null without any. */
  lastTxid: string | null;
  lastSeq: string | null;
}

export interface LogReader {
  /** Goes on by a page. True when there is more to follow at once. */
  follow(): Promise<boolean>;
}

// Pages are joined to large tables by their keys, and to small sets of their own by hashing.
const ALLOW_HASHING = statement<object>(
  "log_allow_hashing",
  "select set_config('enable_hashjoin', 'on', true), set_config('work_mem', '32MB', true)",
);

/** Transactions whose events are looked at together, at first, at least and at most. */
const WINDOW = { first: 10_000n, least: 64n, most: 10_000_000n };

/**
 * Follows the whole log of all tenants, in the order of (txid, seq), up to the oldest transaction that is still open. A page is
 * one transaction with the progress, so a process that dies, several that run and events that come twice change nothing. How
 * far the log is looked at in one step adapts to how much stands there, so being far behind costs no sorting of everything.
 */
export function createLogReader<Page extends LogPage>(
  ctx: SystemContext,
  {
    progress,
    pageSize,
    readPage,
    afterPage,
  }: {
    progress: LogProgress;
    /** Events of a page: what one transaction takes a moment for. */
    pageSize: number;
    /** Takes from a window what the reader looks for, in the transaction of the progress. */
    readPage: (sql: Sql, window: LogWindow, now: Date) => Promise<Page>;
    /** After the commit. */
    afterPage?: (page: Page) => Promise<void>;
  },
): LogReader {
  let width = WINDOW.first;
  return {
    async follow() {
      const followed = await ctx.database.system.transaction((sql) => followOnce(sql, width));
      if (!followed) return false;
      const { page, isFull, isWhole } = followed;
      if (isFull) width = larger(width / 2n, WINDOW.least);
      else if (page.events < pageSize / 4 && !isWhole) width = smaller(width * 2n, WINDOW.most);
      await afterPage?.(page);
      return isFull || !isWhole;
    },
  };

  async function followOnce(sql: Sql, most: bigint): Promise<Followed<Page> | undefined> {
    const [held] = await sql.rows(progress.hold, []);
    if (!held) return undefined;
    const { txid, seq, horizon } = held;
    if (BigInt(horizon) <= BigInt(txid)) return undefined;
    const now = ctx.clock.now();
    await sql.rows(ALLOW_HASHING, []);
    const until = smaller(BigInt(txid) + most, BigInt(horizon));
    const page = await readPage(sql, { txid, seq, until: String(until), limit: pageSize }, now);
    const isFull = page.events >= pageSize;
    const end = isFull ? { txid: page.lastTxid, seq: page.lastSeq } : { txid: String(until), seq: "0" };
    await sql.run(progress.advance, [end.txid, end.seq, now]);
    return { page, isFull, isWhole: until === BigInt(horizon) };
  }
}

interface Followed<Page> {
  page: Page;
  /** More may stand in the window. */
  isFull: boolean;
  /** The window reached to the horizon. */
  isWhole: boolean;
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
