import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { findBilled } from "./find-billed.ts";
import { proveUsage } from "./prove-usage.ts";

// The first who finds that a day has passed does it. One that dies on the way leaves its part of the log to the next day's.
const CLAIM = statement<{ fromTxid: string; untilTxid: string }>(
  "billing_proof_claim",
  `update billing_progress set proved_at = $1
    where id = 1 and (proved_at is null or proved_at <= $1::timestamptz - interval '1 day')
   returning coalesce(proved_txid, begun_txid)::text as "fromTxid", txid::text as "untilTxid"`,
);

const FINISH = statement("billing_proof_finish", "update billing_progress set proved_txid = $1 where id = 1");

/**
 * Once a day, in one process: proves for every tenant that roll-ups equal the ledger, and the ledger the log since the last
 * proof. Returns how many tenants did not agree.
 */
export async function proveNightly(ctx: SystemContext): Promise<number> {
  const [claimed] = await ctx.database.system.rows(CLAIM, [ctx.clock.now()]);
  if (!claimed) return 0;
  let count = 0;
  for (const tenantId of await findBilled(ctx.database.system)) {
    if (await proveUsage(ctx, tenantId, claimed.fromTxid)) count += 1;
  }
  await ctx.database.system.run(FINISH, [claimed.untilTxid]);
  return count;
}
