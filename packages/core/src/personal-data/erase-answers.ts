import { statement } from "@parley/db";
import { z } from "zod";
import { ERASED_ANSWER } from "../idempotency/index.ts";
import type { ErasedPerson } from "./erased-person.ts";
import type { StepInput, StepOutcome } from "./step.ts";

const PAGE = 500;
const NIL = "00000000-0000-0000-0000-000000000000";
const cursorOf = z.object({ actorId: z.string(), key: z.string() }).nullable();

// idempotency_key_pkey
const READ = statement<{ actorId: string; key: string; answer: unknown }>(
  "erasure_read_answers",
  `select actor_id as "actorId", key, response_body as answer from idempotency_key
    where tenant_id = $1 and (actor_id, key) > ($2::uuid, $3) order by actor_id, key limit $4`,
);
const REPLACE = statement(
  "erasure_replace_answers",
  `update idempotency_key k set response_body = $4
     from (select tenant_id, actor_id, key from idempotency_key
            where tenant_id = $1 and (actor_id, key) in (select * from unnest($2::uuid[], $3::text[]))
            order by actor_id, key for no key update) a
    where k.tenant_id = a.tenant_id and k.actor_id = a.actor_id and k.key = a.key`,
);

/** Answers that are kept for repetitions: those that name the person, or nobody can look into. */
export async function eraseAnswers({ sql, erasure, person }: StepInput): Promise<StepOutcome> {
  const { tenantId } = erasure;
  const { actorId, key } = cursorOf.parse(erasure.cursor) ?? { actorId: NIL, key: "" };
  const page = await sql.rows(READ, [tenantId, actorId, key, PAGE]);
  const theirs = page.filter(({ answer }) => !isOf(answer, erasure) && (isSealed(answer) || names(answer, person)));
  if (theirs.length > 0) {
    const answer = JSON.stringify(ERASED_ANSWER);
    await sql.run(REPLACE, [tenantId, theirs.map((each) => each.actorId), theirs.map((each) => each.key), answer]);
  }
  const last = page.at(-1);
  return {
    next: last ? { actorId: last.actorId, key: last.key } : null,
    counts: theirs.length > 0 ? { answers: theirs.length } : {},
  };
}

/** That it was asked for holds ids alone, and may be asked for again. */
function isOf(answer: unknown, { id }: { id: string }): boolean {
  return typeof answer === "object" && answer !== null && "id" in answer && answer.id === id;
}

function isSealed(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null && "sealed" in answer;
}

function names(node: unknown, person: ErasedPerson): boolean {
  if (typeof node === "string") {
    return person.ownIds.has(node) || person.messageIds.has(node) || person.identifiers.has(node);
  }
  return typeof node === "object" && node !== null && Object.values(node).some((part) => names(part, person));
}
