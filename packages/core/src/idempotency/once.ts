import { sqlOf, statement, TransactionConflict, type AnyTx } from "@parley/db";
import { actorIdOf, type RequestContext } from "../context/index.ts";
import { onceFor } from "./once-for.ts";
import { assertNotErased } from "./erased-answer.ts";
import { assertSameRequest, hashRequest } from "./request-hash.ts";

// idempotency_key_pkey
const CLAIM = statement(
  "idempotency_claim",
  `insert into idempotency_key (tenant_id, actor_id, key, request_hash, created_at) values ($1, $2, $3, $4, $5)
       on conflict do nothing`,
);
const FIND_EARLIER = statement<{ requestHash: Uint8Array; answer: unknown }>(
  "idempotency_find_earlier",
  `select request_hash as "requestHash", response_body as answer
     from idempotency_key where tenant_id = $1 and actor_id = $2 and key = $3`,
);
const KEEP_ANSWER = statement(
  "idempotency_keep_answer",
  "update idempotency_key set response_body = $4 where tenant_id = $1 and actor_id = $2 and key = $3",
);

/**
 * Lets `effect` happen once under the request's Idempotency-Key, and answers a repetition with what it returned the
 * first time (which must be plain JSON). The key, the effect and the answer are one transaction: a twin that comes at
 * the same time waits for it in the insert, and a refused effect leaves no key. The same key with another request is
 * `idempotency_mismatch`. Without a key, `effect` simply runs. Of a SUPER_ADMIN outside any tenant `tx` must be the
 * system's.
 */
export async function once<T>(ctx: RequestContext, tx: AnyTx, effect: () => Promise<T>): Promise<T> {
  const claim = ctx.idempotency;
  if (!claim) return effect();
  const { tenantId } = ctx.actor;
  const actorId = actorIdOf(ctx.actor);
  if (tenantId === null) return onceFor(ctx, tx, ["user", actorId], effect);
  // The transaction may be run again after a conflict.
  claim.replayed = false;
  const sql = sqlOf(tx);
  const id = [tenantId, actorId, claim.key];
  const claimed = await sql.run(CLAIM, [...id, hashRequest(ctx.keyring, claim), ctx.clock.now()]);
  if (claimed === 0) {
    const [earlier] = await sql.rows(FIND_EARLIER, id);
    if (!earlier) throw new TransactionConflict("an idempotency key was forgotten while it was used again");
    assertSameRequest(ctx.keyring, claim, earlier.requestHash);
    assertNotErased(earlier.answer);
    claim.replayed = true;
    return earlier.answer as T;
  }
  const answer = await effect();
  await sql.run(KEEP_ANSWER, [...id, JSON.stringify(answer)]);
  return answer;
}
