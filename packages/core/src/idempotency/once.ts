import type { Prisma, Tx } from "@parley/db";
import { actorIdOf, type RequestContext } from "../context/index.ts";
import { onceFor } from "./once-for.ts";
import { assertSameRequest, hashRequest } from "./request-hash.ts";

/**
 * Lets `effect` happen once under the request's Idempotency-Key, and answers a repetition with what it returned the
 * first time (which must be plain JSON). The key, the effect and the answer are one transaction: a twin that comes at
 * the same time waits for it in the insert, and a refused effect leaves no key. The same key with another request is
 * `idempotency_mismatch`. Without a key, `effect` simply runs. Of a SUPER_ADMIN outside any tenant `tx` must be the
 * system's.
 */
export async function once<T>(ctx: RequestContext, tx: Tx, effect: () => Promise<T>): Promise<T> {
  const claim = ctx.idempotency;
  if (!claim) return effect();
  const { tenantId } = ctx.actor;
  const actorId = actorIdOf(ctx.actor);
  if (tenantId === null) return onceFor(ctx, tx, ["user", actorId], effect);
  // The transaction may be run again after a conflict.
  claim.replayed = false;
  const id = { tenantId, actorId, key: claim.key };
  const { count } = await tx.idempotencyKey.createMany({
    data: [{ ...id, requestHash: hashRequest(ctx.keyring, claim), createdAt: ctx.clock.now() }],
    skipDuplicates: true,
  });
  if (count === 0) {
    const earlier = await tx.idempotencyKey.findUniqueOrThrow({ where: { tenantId_actorId_key: id } });
    assertSameRequest(ctx.keyring, claim, earlier.requestHash);
    claim.replayed = true;
    return earlier.responseBody as T;
  }
  const answer = await effect();
  await tx.idempotencyKey.update({
    where: { tenantId_actorId_key: id },
    data: { responseBody: answer as Prisma.InputJsonValue },
  });
  return answer;
}
