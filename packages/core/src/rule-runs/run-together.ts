import { isConnectionFailure, together, type AiExecutionOutcome } from "@parley/db";
import { assignableIn } from "../rule-actions/index.ts";
import { holdAssignable, lockFreeTickets } from "../tickets/index.ts";
import { actOnTickets } from "./act-on-tickets.ts";
import type { ReadyRun } from "./ready-run.ts";
import { isComposed } from "./compose-for.ts";
import type { RulesContext } from "./rules-context.ts";
import type { RuleRun } from "./run-rule.ts";

/** Whether a rule may share a transaction: what answers customers looks at more, and holds its conversation longer. */
export function mayShare({ rule }: RuleRun): boolean {
  return !rule.answers && !isComposed(rule);
}

/**
 * Does what rules say to different tickets, of any tenants, in one transaction: `runRule` for many, at a fraction of the
 * cost. Undefined, in its place, is what has to be run by itself: its ticket is held by somebody, has to do with a merge,
 * or the rule is refused something. Whatever fails is parted until what fails stands alone. Throws when the server is away.
 */
export async function runTogether(
  ctx: RulesContext,
  runs: readonly RuleRun[],
): Promise<(AiExecutionOutcome | undefined)[]> {
  try {
    return await runAll(ctx, runs);
  } catch (error) {
    if (isConnectionFailure(error)) throw error;
    if (runs.length === 1) return [undefined];
    const middle = Math.ceil(runs.length / 2);
    return [...(await runTogether(ctx, runs.slice(0, middle))), ...(await runTogether(ctx, runs.slice(middle)))];
  }
}

function runAll(ctx: RulesContext, runs: readonly RuleRun[]): Promise<(AiExecutionOutcome | undefined)[]> {
  return ctx.database.withSystem(async (tx) => {
    await holdAll(tx, runs);
    const free = await lockFreeTickets(
      tx,
      runs.map(({ event: { tenantId, ticketId } }) => ({ tenantId, ticketId })),
    );
    const ready = runs.flatMap((run): ReadyRun[] => {
      const locked = free.get(run.event.ticketId);
      // Each ticket once.
      free.delete(run.event.ticketId);
      return locked ? [{ run, locked, composed: null }] : [];
    });
    const outcomes = await actOnTickets(ctx, tx, ready);
    const found = new Map(ready.map(({ run }, index) => [run, outcomes[index]] as const));
    return runs.map((run) => found.get(run));
  });
}

/** In one order, because others hold several as well. */
async function holdAll(tx: Parameters<typeof holdAssignable>[0], runs: readonly RuleRun[]): Promise<void> {
  const named = runs
    .map(({ event: { tenantId }, rule }) => ({ tenantId, ...assignableIn(rule.actions) }))
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  await together(named.map(({ tenantId, ...assignable }) => holdAssignable(tx, tenantId, assignable)));
}

function keyOf({
  tenantId,
  assigneeId,
  teamId,
}: {
  tenantId: string;
  assigneeId?: string | null;
  teamId?: string | null;
}) {
  return `${tenantId} ${assigneeId ?? ""} ${teamId ?? ""}`;
}
