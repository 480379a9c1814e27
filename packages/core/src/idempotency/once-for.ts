import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { IdempotencyClaim, SystemContext } from "../context/index.ts";
import { openAnswer, sealAnswer } from "./answer-seal.ts";
import { hashOwner, type KeyOwner } from "./key-owner.ts";
import { assertSameRequest, hashRequest } from "./request-hash.ts";

/** What a verb is given, as far as a key is concerned. */
type KeyContext = Pick<SystemContext, "clock" | "keyring"> & { idempotency?: IdempotencyClaim | undefined };

/**
 * `once` where no tenant is known, in a transaction of the system. The answer may hold tokens: it is stored encrypted,
 * and forgotten sooner. An effect that returns null was refused although something of it is to be committed; it leaves
 * no key. One that returns undefined has an empty answer.
 */
export async function onceFor<T>(ctx: KeyContext, tx: Tx, owner: KeyOwner, effect: () => Promise<T>): Promise<T> {
  const claim = ctx.idempotency;
  if (!claim) return effect();
  // The transaction may be run again after a conflict.
  claim.replayed = false;
  const id = { ownerHash: hashOwner(owner), key: claim.key };
  const { count } = await tx.platformIdempotencyKey.createMany({
    data: [{ ...id, requestHash: hashRequest(ctx.keyring, claim), createdAt: ctx.clock.now() }],
    skipDuplicates: true,
  });
  const where = { ownerHash_key: id };
  if (count === 0) {
    return repeat(ctx, claim, await tx.platformIdempotencyKey.findUniqueOrThrow({ where })) as T;
  }
  const answer = await effect();
  if (answer === null) await tx.platformIdempotencyKey.delete({ where });
  else {
    const sealedAnswer = answer === undefined ? null : sealAnswer(ctx.keyring, id, answer);
    await tx.platformIdempotencyKey.update({ where, data: { sealedAnswer } });
  }
  return answer;
}

/**
 * For verbs that prepare something before their transaction, such as a hash, and refuse there what a repetition looks
 * like: its link is used up, its password changed. Looks for an answer under the key before `first` runs, and again when it
 * refuses, because a twin may have been faster. `first` must use `onceFor` with the same owner.
 */
export async function replayOr<T>(
  ctx: KeyContext & Pick<SystemContext, "database">,
  owner: KeyOwner,
  first: () => Promise<T>,
): Promise<T> {
  const claim = ctx.idempotency;
  if (!claim) return first();
  const where = { ownerHash_key: { ownerHash: hashOwner(owner), key: claim.key } };
  const find = (): Promise<Prisma.PlatformIdempotencyKeyModel | null> =>
    ctx.database.withSystem((tx) => tx.platformIdempotencyKey.findUnique({ where }));
  const earlier = await find();
  if (earlier) return repeat(ctx, claim, earlier) as T;
  try {
    return await first();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const meanwhile = await find();
    if (!meanwhile) throw error;
    return repeat(ctx, claim, meanwhile) as T;
  }
}

function repeat(ctx: KeyContext, claim: IdempotencyClaim, earlier: Prisma.PlatformIdempotencyKeyModel): unknown {
  assertSameRequest(ctx.keyring, claim, earlier.requestHash);
  const answer = earlier.sealedAnswer === null ? undefined : openAnswer(ctx.keyring, earlier, earlier.sealedAnswer);
  claim.replayed = true;
  return answer;
}
