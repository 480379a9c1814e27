import type { SystemContext } from "../context/index.ts";
import { followPage } from "./follow-page.ts";
import { holdProgress } from "./hold-progress.ts";
import { readWhole } from "./read-whole.ts";

/** Events of a step. */
const PAGE = 20_000;

/**
 * Follows the log of one tenant again from the transaction `fromTxid` on, which may be done at any time: what the ledger
 * knows stays, and what it has missed is written and summed up as it would have been then, in a period that is still open.
 * Returns how many rows that were.
 */
export function followAgain(ctx: SystemContext, tenantId: string, fromTxid: string): Promise<number> {
  return readWhole(ctx, async (sql) => {
    const until = await holdProgress(sql);
    const now = ctx.clock.now();
    let counted = 0;
    for (let place = { txid: fromTxid, seq: "0" }; ;) {
      const page = await followPage(sql, { ...place, until, limit: PAGE }, now, tenantId);
      counted += page.counted;
      if (page.events < PAGE || page.lastTxid === null || page.lastSeq === null) return counted;
      place = { txid: page.lastTxid, seq: page.lastSeq };
    }
  });
}
