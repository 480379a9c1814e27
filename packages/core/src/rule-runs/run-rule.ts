import type { AiExecutionOutcome } from "@parley/db";
import { DomainError, isRetryable } from "@parley/runtime";
import { assignableIn } from "../rule-actions/index.ts";
import type { TenantRules } from "../rule-books/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import type { RuleEvent } from "../rule-events/index.ts";
import { holdAssignable, lockTicket } from "../tickets/index.ts";
import { holdHandOffTeam } from "../turns/index.ts";
import { actOnTickets } from "./act-on-tickets.ts";
import { composeFor, isComposed } from "./compose-for.ts";
import { NOT_YET, type ReadyRun } from "./ready-run.ts";
import { recordFailure } from "./record-failure.ts";
import type { RulesContext } from "./rules-context.ts";

/** A rule that applies to an event about a ticket. */
export interface RuleRun {
  event: RuleEvent & { ticketId: string };
  rule: CompiledRule;
  tenant: TenantRules;
}

/**
 * Does what a rule says, once for each event: the execution, its actions with their receipts and what they bring along are
 * one transaction, under the ticket's locks, in which the conditions are asked again. Whatever it is refused for good is
 * recorded as FAILED, and nothing is done; what may succeed later is thrown. Returns what came of it, now or before.
 */
export async function runRule(ctx: RulesContext, run: RuleRun): Promise<AiExecutionOutcome> {
  const { event, rule } = run;
  try {
    // Whoever writes costs money, and takes seconds: nobody does for what would be dropped.
    const before = isComposed(rule) ? await actAlone(ctx, run, NOT_YET) : undefined;
    if (before) return before;
    const outcome = await actAlone(ctx, run, await composeFor(ctx, run));
    if (!outcome) throw new Error("every run has an outcome");
    return outcome;
  } catch (error) {
    if (!(error instanceof DomainError) || isRetryable(error)) throw error;
    return recordFailure(ctx, event, rule, error);
  }
}

function actAlone(
  ctx: RulesContext,
  run: RuleRun,
  composed: ReadyRun["composed"],
): Promise<AiExecutionOutcome | undefined> {
  const { event, rule, tenant } = run;
  return ctx.database.withSystem(async (tx) => {
    await holdAssignable(tx, event.tenantId, assignableIn(rule.actions));
    // Whoever answers may have to leave it to people instead.
    if (rule.answers) await holdHandOffTeam(tx, event.tenantId, tenant.settings);
    const locked = await lockTicket(tx, event.tenantId, event.ticketId);
    const [outcome] = await actOnTickets(ctx, tx, [{ run, locked, composed }]);
    return outcome;
  });
}
