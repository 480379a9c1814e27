import { shorten } from "@parley/runtime";
import type { Tx } from "@parley/db";
import type { RequestContext } from "../context/index.ts";
import type { RuleAction } from "../rule-actions/index.ts";
import type { ExplainedTest, Facts, FactValue } from "../rule-conditions/index.ts";
import type { RuleEvent } from "../rule-events/index.ts";
import { loadTemplateValues } from "../text-templates/index.ts";
import type { TicketRow } from "../tickets/index.ts";
import type { Pace } from "./pace.ts";
import { simulateActions } from "./simulate-actions.ts";
import type { SimulatedActionJson, SimulatedResultJson } from "./simulation-schemas.ts";

const MAX_TEXT = 500;
const MAX_ITEMS = 20;
const NUMBER = /^\d+$/;

/** What a rule said to an event. */
export interface Trial {
  event: RuleEvent;
  facts: Facts;
  isTriggered: boolean;
  fires: boolean;
}

/** Trials as they are shown: with every comparison, and with what would be done; those that there is time for. */
export async function showResults(
  ctx: RequestContext,
  tx: Tx,
  rule: { tenantId: string; actions: readonly RuleAction[]; explain: (facts: Facts) => ExplainedTest[] },
  trials: readonly Trial[],
  { pace, untilMs }: { pace: Pace; untilMs: number },
): Promise<SimulatedResultJson[]> {
  const { tenantId, actions, explain } = rule;
  const ids = trials.filter(({ fires }) => fires).map(({ facts }) => facts.ticket.id);
  const tickets = await tx.ticket.findMany({ where: { tenantId, id: { in: [...new Set(ids)] } } });
  // Tickets are as they are now, so what would be done to one is the same whatever happened to it.
  const done = new Map<string, SimulatedActionJson[]>();
  const ticketOf = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const shown: SimulatedResultJson[] = [];
  for (const { event, facts, isTriggered, fires } of trials) {
    if (pace.elapsedMs() > untilMs) break;
    const ticket = fires ? ticketOf.get(facts.ticket.id) : undefined;
    if (ticket && !done.has(ticket.id)) done.set(ticket.id, await actOn(ctx, tx, ticket, actions));
    shown.push({
      eventId: NUMBER.test(event.seq) ? event.seq : null,
      occurredAt: event.createdAt.toISOString(),
      ticketId: facts.ticket.id,
      messageId: event.messageId,
      isTriggered,
      fires,
      tests: explain(facts).map(shownTest),
      actions: ticket ? (done.get(ticket.id) ?? []) : [],
    });
    await pace.step();
  }
  return shown;
}

async function actOn(
  ctx: RequestContext,
  tx: Tx,
  ticket: TicketRow,
  actions: readonly RuleAction[],
): Promise<SimulatedActionJson[]> {
  // As for a rule, which is nobody.
  const nobody = { actor: null, clock: ctx.clock };
  const values = await loadTemplateValues(nobody, tx, ticket.tenantId, { ticketId: ticket.id });
  return simulateActions(tx, ticket, actions, { values, now: ctx.clock.now() });
}

function shownTest({ actual, changed, ...test }: ExplainedTest) {
  return {
    ...test,
    actual: shownValue(actual),
    ...(changed && { changed: { from: shownValue(changed.from), to: shownValue(changed.to) } }),
  };
}

function shownValue(value: FactValue): FactValue {
  if (typeof value === "string") return shorten(value, MAX_TEXT);
  return Array.isArray(value) && value.length > MAX_ITEMS ? (value.slice(0, MAX_ITEMS) as string[]) : value;
}
