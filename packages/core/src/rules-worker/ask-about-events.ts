import type { AiExecutionOutcome } from "@parley/db";
import type { RuleBook, TenantRules } from "../rule-books/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import { loadFacts, readEvents, triggersOf, type EventKey, type RuleEvent } from "../rule-events/index.ts";
import { findKnownOutcomes, type ExecutionLedger, type Skip } from "../rule-executions/index.ts";
import { isComposed, runRule, type RulesContext, type RuleRunner, type RuleRun } from "../rule-runs/index.ts";
import { askRules } from "./ask-rules.ts";
import { handOffTurn } from "./hand-off-turn.ts";
import { noteMessages } from "./note-messages.ts";

/** What is to be done about an event now that its rules were asked. */
export interface EventWork {
  key: EventKey;
  /** Something has to be written first, which takes seconds. */
  isSlow: boolean;
  /** Does what rules say, and writes down why others did not apply. More than once is once. */
  run: (this: void) => Promise<void>;
}

/** How that is done. */
export interface Doing {
  book: RuleBook;
  runner: RuleRunner;
  ledger: ExecutionLedger;
}

/**
 * Asks the rules of each event's tenant about it. What comes of it is for whoever brought the event to do, so that nobody
 * waits for another one's. May be called again with the same events: what was done is not done twice.
 */
export async function askAboutEvents(
  ctx: RulesContext,
  { book, runner, ledger }: Doing,
  keys: readonly EventKey[],
): Promise<EventWork[]> {
  const { system } = ctx.database;
  const events = await readEvents(system, eachOnce(keys));
  const rulesOf = await loadTenants(book, events);
  const about = events.filter(isWork);
  await noteMessages(ctx, about, rulesOf);
  const facts = await loadFacts(system, about, {
    now: ctx.clock.now(),
    calendarOf: (tenantId) => rulesOf(tenantId).calendar,
    isUnderstood: (tenantId) => rulesOf(tenantId).settings.understanding !== "OFF",
  });
  const known = await findKnownOutcomes(system, about);

  return events.map((event): EventWork => {
    const key = event;
    if (!isWork(event)) return { key, isSlow: false, run: shared(() => ledger.noteHandled(event)) };
    const seen = facts.get(event.seq);
    const tenant = rulesOf(event.tenantId);
    const knownOfEvent = known.get(event.seq) ?? new Map<string, AiExecutionOutcome>();
    const rules = seen ? tenant.asked(triggersOf(event, seen.message?.understanding ?? null), event.createdAt) : [];
    const answer = seen ? askRules(event, seen, rules, knownOfEvent) : { applying: [], skipped: [] };
    // What has to be written first would keep the runner's places from others for seconds.
    const isSlow = answer.applying.some((rule) => isComposed(rule) && !knownOfEvent.has(rule.id));
    const run = (rule: CompiledRule): Promise<AiExecutionOutcome> => {
      const what: RuleRun = { event, rule, tenant };
      return isSlow ? runRule(ctx, what) : runner.run(what);
    };
    const act = async (): Promise<Skip[]> => {
      if (seen && event.type === "TURN_DUE") await runner.alone(() => handOffTurn(ctx, event, seen, tenant));
      return actInOrder(run, answer.applying, knownOfEvent);
    };
    const handle = async (): Promise<void> => {
      let behind: Skip[] = [];
      try {
        behind = await act();
      } finally {
        await ledger.noteSkips({ event, skips: [...answer.skipped, ...behind] });
      }
      await ledger.noteHandled(event);
    };
    return { key, isSlow, run: shared(handle) };
  });
}

/** An event may be brought twice: by its job, and by whoever took that for lost. */
function eachOnce(keys: readonly EventKey[]): EventKey[] {
  return [...new Map(keys.map((key) => [key.seq, key])).values()];
}

/** Both of them wait for the same. */
function shared(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}

type TicketEvent = RuleEvent & { ticketId: string };

/** Neither is a reaction, the answer to a survey, or what somebody writes who is blocked. */
function isWork(event: RuleEvent): event is TicketEvent {
  return event.ticketId !== null && event.data["isWork"] !== false;
}

async function loadTenants(book: RuleBook, events: readonly RuleEvent[]): Promise<(tenantId: string) => TenantRules> {
  const ids = [...new Set(events.map(({ tenantId }) => tenantId))];
  const loaded = new Map((await Promise.all(ids.map((id) => book.of(id)))).map((rules) => [rules.tenantId, rules]));
  return (tenantId) => {
    const rules = loaded.get(tenantId);
    if (!rules) throw new Error(`the rules of ${tenantId} were not loaded`);
    return rules;
  };
}

/** One after the other, until one that stops the others has acted. Returns those behind it, which are not asked any more. */
async function actInOrder(
  run: (rule: CompiledRule) => Promise<AiExecutionOutcome>,
  applying: readonly CompiledRule[],
  known: ReadonlyMap<string, AiExecutionOutcome>,
): Promise<Skip[]> {
  for (const [index, rule] of applying.entries()) {
    const outcome = known.get(rule.id) ?? (await run(rule));
    if (rule.stopOnMatch && (outcome === "SUCCESS" || outcome === "SUGGESTED")) {
      return applying.slice(index + 1).map((behind) => ({ rule: behind, reason: "stopped_by_rule" }));
    }
  }
  return [];
}
