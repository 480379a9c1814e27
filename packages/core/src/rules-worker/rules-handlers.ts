import { isConnectionFailure } from "@parley/db";
import type { JobHandlers, JobOutcome } from "@parley/queue";
import { createMicroBatch } from "@parley/runtime";
import { handleByTenant, type EventsOfTenant } from "../context/index.ts";
import type { RuleBook } from "../rule-books/index.ts";
import type { EventKey } from "../rule-events/index.ts";
import { createExecutionLedger } from "../rule-executions/index.ts";
import { isComposed, createRuleRunner, type RulesContext } from "../rule-runs/index.ts";
import { rulesQueue } from "../rules-queue/index.ts";
import { askAboutEvents, type Doing, type EventWork } from "./ask-about-events.ts";
import { createSlowLanes } from "./slow-lanes.ts";

/** Events whose rules are asked at once, a batch at a time: while it is acted upon, the next one is. */
const MAX_EVENTS = 500;
/** A batch costs about as much for one event as for twenty. */
const LINGER_MS = 10;
/** What waits for models. It costs little, but of one tenant not so much that its slow model is all that is asked. */
const SLOW = { places: 100, ofTenant: 4 };
/** When there is no place, the job comes again: it must not wait in anybody's way. */
const NO_PLACE_MS = 1_000;

/** What is to be done about the events of a job's tenant, or why that is not known. */
interface JobResult {
  work: EventWork[];
  failure?: PromiseRejectedResult;
}

/**
 * Jobs that are under way at the same time share what they read and record. What fails for all of them is parted until it
 * stands alone: no job fails because of another one's event. What waits for a model has places of its own, few of them a
 * tenant's.
 */
export function createRulesHandlers(ctx: RulesContext, book: RuleBook): JobHandlers<(typeof rulesQueue)["jobs"]> {
  const lanes = createSlowLanes(SLOW);
  const doing: Doing = { book, runner: createRuleRunner(ctx), ledger: createExecutionLedger(ctx) };

  async function askForJobs(jobs: readonly EventKey[][]): Promise<JobResult[]> {
    try {
      const work = await askAboutEvents(ctx, doing, jobs.flat());
      const workOf = new Map(work.map((each) => [each.key.seq, each]));
      return jobs.map((keys) => ({ work: keys.flatMap(({ seq }) => workOf.get(seq) ?? []) }));
    } catch (error) {
      if (jobs.length === 1 || isConnectionFailure(error)) {
        return jobs.map(() => ({ work: [], failure: { status: "rejected", reason: error } }));
      }
      const middle = Math.ceil(jobs.length / 2);
      return [...(await askForJobs(jobs.slice(0, middle))), ...(await askForJobs(jobs.slice(middle)))];
    }
  }

  const batch = createMicroBatch<EventKey[], JobResult>({
    maxItems: MAX_EVENTS,
    weightOf: (keys) => keys.length,
    maxWeight: MAX_EVENTS,
    lingerMs: LINGER_MS,
    run: askForJobs,
  });

  /** Understanding by a model takes seconds, too, and comes before anything else is known. */
  async function askSlowly(tenantId: string, keys: EventKey[]): Promise<JobResult | undefined> {
    let results: JobResult[] = [];
    const hadPlace = await lanes.tryRun(tenantId, async () => {
      results = await askForJobs([keys]);
    });
    return hadPlace ? results[0] : undefined;
  }

  async function handle({ tenantId, seqs }: EventsOfTenant): Promise<JobOutcome> {
    const again = { runAgainAt: new Date(ctx.clock.now().getTime() + NO_PLACE_MS) };
    const keys = seqs.map((seq) => ({ tenantId, seq }));
    const { settings, rules } = await book.of(tenantId);
    // What would have to wait is not looked at again and again.
    if (rules.some(isComposed) && !lanes.hasPlace(tenantId)) return again;
    const result = settings.understanding === "MODEL" ? await askSlowly(tenantId, keys) : await batch.submit(keys);
    if (!result) return again;
    const quick = await Promise.allSettled(result.work.filter(({ isSlow }) => !isSlow).map(({ run }) => run()));
    for (const { isSlow, run } of result.work) if (isSlow && !(await lanes.tryRun(tenantId, run))) return again;
    const failure = result.failure ?? quick.find(({ status }) => status === "rejected");
    if (failure?.status === "rejected") throw failure.reason;
  }

  return handleByTenant(ctx, rulesQueue, handle);
}
