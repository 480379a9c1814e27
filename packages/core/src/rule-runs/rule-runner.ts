import type { AiExecutionOutcome } from "@parley/db";
import { createMicroBatch } from "@parley/runtime";
import { createPlaces } from "./places.ts";
import type { RulesContext } from "./rules-context.ts";
import { runRule, type RuleRun } from "./run-rule.ts";
import { mayShare, runTogether } from "./run-together.ts";

/** Runs rules, as many at once as the database is to bear. */
export interface RuleRunner {
  /** `runRule`, alone or with others that are to run at the same time. Those of a conversation have turns. */
  run(run: RuleRun): Promise<AiExecutionOutcome>;
  /** What else needs a transaction, when there is a place for one. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

/** Rules that share a transaction, and such transactions under way at once: the next one is asked while one commits. */
const TOGETHER = 64;
const TRANSACTIONS = 2;
/** Of rules that each have one of their own. */
const ALONE = 8;

export function createRuleRunner(ctx: RulesContext): RuleRunner {
  const together = createMicroBatch<RuleRun, AiExecutionOutcome | undefined>({
    maxItems: TOGETHER,
    concurrency: TRANSACTIONS,
    run: (runs) => runTogether(ctx, runs),
  });
  const alone = createPlaces(ALONE);
  const lastOf = new Map<string, Promise<unknown>>();

  async function runNow(run: RuleRun): Promise<AiExecutionOutcome> {
    const shared = mayShare(run) ? await together.submit(run) : undefined;
    return shared ?? alone(() => runRule(ctx, run));
  }

  async function runAfter(before: Promise<unknown> | undefined, run: RuleRun): Promise<AiExecutionOutcome> {
    // Whoever waits for that one hears of its failure.
    await before?.catch(() => undefined);
    return runNow(run);
  }

  return {
    alone,
    run(run) {
      const key = run.event.conversationId ?? run.event.ticketId;
      const running = runAfter(lastOf.get(key), run);
      lastOf.set(key, running);
      const forget = (): void => {
        if (lastOf.get(key) === running) lastOf.delete(key);
      };
      running.then(forget, forget);
      return running;
    },
  };
}
