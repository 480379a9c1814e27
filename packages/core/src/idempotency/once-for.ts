import { sqlOf, statement, TransactionConflict, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { IdempotencyClaim, SystemContext } from "../context/index.ts";
import { openAnswer, sealAnswer } from "./answer-seal.ts";
import { hashOwner, type KeyOwner } from "./key-owner.ts";
import { assertSameRequest, hashRequest } from "./request-hash.ts";

/** What a verb is given, as far as a key is concerned. */
type KeyContext = Pick<SystemContext, "clock" | "keyring"> & { idempotency?: IdempotencyClaim | undefined };

interface Earlier {
  ownerHash: Uint8Array;
  key: string;
  requestHash: Uint8Array;
  sealedAnswer: string | null;
}

// platform_idempotency_key_pkey
const CLAIM = statement(
  "platform_idempotency_claim",
  `insert into platform_idempotency_key (owner_hash, key, request_hash, created_at) values ($1, $2, $3, $4)
       on conflict do nothing`,
);
const FIND_EARLIER = statement<Earlier>(
  "platform_idempotency_find_earlier",
  `select owner_hash as "ownerHash", key, request_hash as "requestHash", sealed_answer as "sealedAnswer"
     from platform_idempotency_key where owner_hash = $1 and key = $2`,
);
const KEEP_ANSWER = statement(
  "platform_idempotency_keep_answer",
  "update platform_idempotency_key set sealed_answer = $3 where owner_hash = $1 and key = $2",
);
const FORGET = statement(
  "platform_idempotency_forget",
  "delete from platform_idempotency_key where owner_hash = $1 and key = $2",
);

/**
 * `once` where no tenant is known, in a transaction of the system. The answer may hold tokens: it is stored encrypted,
 * and forgotten sooner. An effect that returns null was refused although something of it is to be committed; it leaves
 * no key. One that returns undefined has an empty answer.
 */
export async function onceFor<T>(ctx: KeyContext, tx: AnyTx, owner: KeyOwner, effect: () => Promise<T>): Promise<T> {
  const claim = ctx.idempotency;
  if (!claim) return effect();
  // The transaction may be run again after a conflict.
  claim.replayed = false;
  const sql = sqlOf(tx);
  const row = { ownerHash: hashOwner(owner), key: claim.key };
  const id = [row.ownerHash, row.key];
  const claimed = await sql.run(CLAIM, [...id, hashRequest(ctx.keyring, claim), ctx.clock.now()]);
  if (claimed === 0) {
    const [earlier] = await sql.rows(FIND_EARLIER, id);
    if (!earlier) throw new TransactionConflict("an idempotency key was forgotten while it was used again");
    return repeat(ctx, claim, earlier) as T;
  }
  const answer = await effect();
  if (answer === null) await sql.run(FORGET, id);
  else {
    const sealedAnswer = answer === undefined ? null : sealAnswer(ctx.keyring, row, answer);
    await sql.run(KEEP_ANSWER, [...id, sealedAnswer]);
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
  const find = async (): Promise<Earlier | undefined> => {
    const [earlier] = await ctx.database.system.rows(FIND_EARLIER, [hashOwner(owner), claim.key]);
    return earlier;
  };
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

function repeat(ctx: KeyContext, claim: IdempotencyClaim, earlier: Earlier): unknown {
  assertSameRequest(ctx.keyring, claim, earlier.requestHash);
  const answer = earlier.sealedAnswer === null ? undefined : openAnswer(ctx.keyring, earlier, earlier.sealedAnswer);
  claim.replayed = true;
  return answer;
}
