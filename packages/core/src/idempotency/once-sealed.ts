import type { AnyTx } from "@parley/db";
import { decryptSecret, encryptSecret, type SecretBinding } from "@parley/runtime";
import { actorIdOf, type RequestContext } from "../context/index.ts";
import { once } from "./once.ts";

/**
 * `once` for answers that are to be stored nowhere, such as what a model makes of what customers wrote: under an
 * Idempotency-Key the answer is kept encrypted, bound to its row.
 */
export async function onceSealed<T>(ctx: RequestContext, tx: AnyTx, effect: () => Promise<T>): Promise<T> {
  const { actor, idempotency: claim } = ctx;
  if (!claim) return effect();
  const binding: SecretBinding = {
    tenantId: actor.tenantId,
    recordId: `${actorIdOf(actor)} ${claim.key}`,
    field: "idempotency_key.response_body",
  };
  const { sealed } = await once(ctx, tx, async () => ({
    sealed: encryptSecret(ctx.keyring, binding, JSON.stringify(await effect())),
  }));
  // It is what `effect` has returned, now or then.
  return JSON.parse(decryptSecret(ctx.keyring, binding, sealed)) as T;
}
