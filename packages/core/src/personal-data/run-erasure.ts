import { sqlOf } from "@parley/db";
import type { JobOutcome } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { addCounts, lockErasure, noteProgress, type ErasureKey } from "./erasure-row.ts";
import { readErasedPerson, type ErasedPerson } from "./erased-person.ts";
import { finishErasure } from "./finish-erasure.ts";
import { stepAt } from "./steps.ts";

/** How soon it looks again whether it can go on. */
const WAIT_MS = 1_000;

/**
 * Goes on with an erasure where it is: each part of a step is a transaction that erases, and writes down how far that is.
 * Whatever kills it loses one part, which the next run does again; several that run at once take turns.
 */
export async function runErasure(
  ctx: SystemContext,
  key: ErasureKey,
  { most = Infinity }: { most?: number } = {},
): Promise<JobOutcome> {
  let person: ErasedPerson | undefined;
  for (let parts = 0; parts < most; parts += 1) {
    const outcome = await takePart(ctx, key, async (read) => (person ??= await read()));
    if (outcome === "wait") return { runAgainAt: new Date(Date.now() + WAIT_MS) };
    if (outcome === "done") return;
    // Until nothing is under way any more, they may get a further message.
    if (outcome === "settled") person = undefined;
  }
}

function takePart(
  ctx: SystemContext,
  key: ErasureKey,
  remember: (read: () => Promise<ErasedPerson>) => Promise<ErasedPerson>,
): Promise<"wait" | "done" | "settled" | "more"> {
  return ctx.database.withSystem(async (tx) => {
    const sql = sqlOf(tx);
    const erasure = await lockErasure(sql, key);
    if (!erasure) return "done";
    const { erase, next: nextStep } = stepAt(erasure.step);
    const person = await remember(() => readErasedPerson(sql, ctx.keyring, erasure));
    const outcome = await erase({ ctx, tx, sql, erasure, person });
    if (outcome === "wait") return "wait";
    const counts = addCounts(erasure.counts, outcome.counts);
    const cursor = outcome.next ?? null;
    const step = cursor === null ? nextStep : erasure.step;
    if (step === undefined) {
      await finishErasure(ctx, tx, { ...erasure, counts });
      return "done";
    }
    await noteProgress(sql, erasure, { step, cursor, counts }, ctx.clock.now());
    return erasure.step === "settle" ? "settled" : "more";
  });
}
