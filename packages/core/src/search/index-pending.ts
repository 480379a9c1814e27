import { isStatementTimeout, statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { indexNewest, indexOldest } from "./index-changes.ts";

/** Changes of a kind and tenant at a time: few enough that a search waits for them, and that nobody waits long for their turn. */
const BATCH = 500;
/** After so many a process may want to end. */
const ENOUGH = 10_000;
/** So many of a kind a search brings in itself, before it looks: it finds what whoever asks has just written. */
const FRESH = 100;

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
 * much. Returns how many changes those were. A tenant of which that fails holds up no other; the failure is thrown at the end.
 */
export async function indexPending(ctx: Pick<SystemContext, "database">): Promise<number> {
  const failures = new Map<string, unknown>();
  let indexed = 0;
  for (;;) {
    const pending = await ctx.database.system.rows(FIND_PENDING, []);
    const tenants = pending.map(({ tenantId }) => tenantId).filter((tenantId) => !failures.has(tenantId));
    // Whoever comes first must not be so each time.
    const first = Math.floor(Math.random() * tenants.length);
    let round = 0;
    for (const tenantId of [...tenants.slice(first), ...tenants.slice(0, first)]) {
      try {
        round += await indexOldest(ctx, tenantId, BATCH);
      } catch (error) {
        failures.set(tenantId, error);
      }
      if (indexed + round >= ENOUGH) break;
    }
    indexed += round;
    if (round === 0 || indexed >= ENOUGH) break;
  }
  if (failures.size > 0) {
    throw new AggregateError([...failures.values()], `${failures.size} tenants could not be indexed`);
  }
  return indexed;
}

/**
 * Before somebody searches: what was just written is in the index, unless there is more of it than a search can wait for.
 */
export async function refreshIndex(ctx: Pick<SystemContext, "database">, tenantId: string): Promise<void> {
  const pending = await ctx.database.system.rows(IS_PENDING, [tenantId]);
  if (pending.length === 0) return;
  try {
    await indexNewest(ctx, tenantId, FRESH);
  } catch (error) {
    // What is in the index already is better than no answer.
    if (!isStatementTimeout(error)) throw error;
  }
}
