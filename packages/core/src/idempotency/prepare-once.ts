import { sqlOf, statement, TransactionConflict, type Tx } from "@parley/db";
import { actorIdOf, type RequestContext } from "../context/index.ts";
import { onceSealed } from "./once-sealed.ts";

// idempotency_key_pkey
const FIND = statement<object>(
  "idempotency_find",
  "select key from idempotency_key where tenant_id = $1 and actor_id = $2 and key = $3",
);

/**
 * `onceSealed` for verbs that ask somebody else before their transaction, such as a model: a repetition is answered before
 * `prepare` runs, so it asks nobody. Twins that come at the same time both ask; the answer of one is the answer of both.
 */
export async function prepareOnce<Prepared, T>(
  ctx: RequestContext,
  tenantId: string,
  prepare: () => Promise<Prepared>,
  effect: (tx: Tx, prepared: Prepared) => Promise<T>,
): Promise<T> {
  if (await isRepetition(ctx, tenantId)) {
    return ctx.database.withTenant(tenantId, (tx) =>
      onceSealed<T>(ctx, tx, () => {
        throw new TransactionConflict("an idempotency key was forgotten while it was used again");
      }),
    );
  }
  const prepared = await prepare();
  return ctx.database.withTenant(tenantId, (tx) => onceSealed(ctx, tx, () => effect(tx, prepared)));
}

function isRepetition(ctx: RequestContext, tenantId: string): Promise<boolean> {
  const { idempotency } = ctx;
  if (!idempotency) return Promise.resolve(false);
  return ctx.database.withTenant(tenantId, async (tx) => {
    const found = await sqlOf(tx).rows(FIND, [tenantId, actorIdOf(ctx.actor), idempotency.key]);
    return found.length > 0;
  });
}
