import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { actorIdOf, requireTenant, type IdempotencyClaim, type RequestContext } from "../context/index.ts";

/**
 * Lets `effect` happen once under the request's Idempotency-Key, and answers a repetition with what it returned the
 * first time (which must be plain JSON). The key, the effect and the answer are one transaction: a twin that comes at
 * the same time waits for it in the insert, and a refused effect leaves no key. The same key with another request is
 * `idempotency_mismatch`. Without a key, `effect` simply runs.
 */
export async function once<T>(ctx: RequestContext, tx: Tx, effect: () => Promise<T>): Promise<T> {
  const claim = ctx.idempotency;
  if (!claim) return effect();
  // The transaction may be run again after a conflict.
  claim.replayed = false;
  const id = { tenantId: requireTenant(ctx), actorId: actorIdOf(ctx.actor), key: claim.key };
  const { count } = await tx.idempotencyKey.createMany({
    data: [{ ...id, requestHash: claim.requestHash, createdAt: ctx.clock.now() }],
    skipDuplicates: true,
  });
  if (count === 0) return (await replay(tx, id, claim)) as T;
  const answer = await effect();
  await tx.idempotencyKey.update({
    where: { tenantId_actorId_key: id },
    data: { responseBody: answer as Prisma.InputJsonValue },
  });
  return answer;
}

async function replay(
  tx: Tx,
  id: { tenantId: string; actorId: string; key: string },
  claim: IdempotencyClaim,
): Promise<unknown> {
  const earlier = await tx.idempotencyKey.findUniqueOrThrow({ where: { tenantId_actorId_key: id } });
  if (!Buffer.from(earlier.requestHash).equals(claim.requestHash)) {
    throw new DomainError(
      "idempotency_mismatch",
      "This Idempotency-Key was used for another request; use a new key for each request.",
    );
  }
  claim.replayed = true;
  return earlier.responseBody;
}
