import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { indexChanges } from "./index-changes.ts";

/** Changes of a tenant at a time: few enough that a search waits for them, and that nobody waits long for their turn. */
const BATCH = 500;
/** After so many a process may want to end. */
const ENOUGH = 10_000;
/** So many a search brings in itself, before it looks: it finds what whoever asks has just written. */
const FRESH = 200;

// search_change_pkey, tenant by tenant
const FIND_PENDING = statement<{ tenantId: string }>(
  "search_find_pending",
  `with recursive pending (tenant_id) as (
     (select tenant_id from search_change order by tenant_id limit 1)
     union all
     select (select c.tenant_id from search_change c where c.tenant_id > p.tenant_id order by c.tenant_id limit 1)
       from pending p where p.tenant_id is not null
   )
   select tenant_id as "tenantId" from pending where tenant_id is not null`,
);
const IS_PENDING = statement<object>("search_is_pending", "select from search_change where tenant_id = $1 limit 1");

/**
 * Brings into the index what has changed, of each tenant in turn, until nothing is left that no other process is at, or it has been
 * much. Returns how many changes those were.
 */
export async function indexPending(ctx: Pick<SystemContext, "database">): Promise<number> {
  let indexed = 0;
  for (;;) {
    const tenants = await ctx.database.system.rows(FIND_PENDING, []);
    // Whoever comes first must not be so each time.
    const first = Math.floor(Math.random() * tenants.length);
    let round = 0;
    for (const { tenantId } of [...tenants.slice(first), ...tenants.slice(0, first)]) {
      round += await indexChanges(ctx, tenantId, { most: BATCH, newestFirst: false });
      if (indexed + round >= ENOUGH) break;
    }
    indexed += round;
    if (round === 0 || indexed >= ENOUGH) return indexed;
  }
}

/**
 * Before somebody searches: what was just written is in the index, unless there is more of it than a search can wait for.
 */
export async function refreshIndex(ctx: Pick<SystemContext, "database">, tenantId: string): Promise<void> {
  const pending = await ctx.database.system.rows(IS_PENDING, [tenantId]);
  if (pending.length > 0) await indexChanges(ctx, tenantId, { most: FRESH, newestFirst: true });
}
