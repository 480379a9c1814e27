import { askRules } from "@parley/core/rules-worker";
import { createRuleBook, type TenantRules } from "@parley/core/rule-books";
import { loadFacts, readEvents, triggersOf, type RuleEvent } from "@parley/core/rule-events";
import type { Facts } from "@parley/core/rule-conditions";
import type { SystemContext } from "@parley/core/context";
import type { EventPlace } from "./asked-world.ts";

/** An event that a company's rules are asked about, with the facts that they are asked with. */
export interface Asking {
  event: RuleEvent;
  facts: Facts;
  tenant: TenantRules;
}

/** Reads events, facts and compiled rules as the worker does. */
export async function readAskings(ctx: SystemContext, places: readonly EventPlace[]): Promise<Asking[]> {
  const book = createRuleBook(ctx);
  try {
    const ids = [...new Set(places.map(({ tenantId }) => tenantId))];
    const tenants = new Map(await Promise.all(ids.map(async (id) => [id, await book.of(id)] as const)));
    const tenantOf = (id: string): TenantRules => {
      const tenant = tenants.get(id);
      if (!tenant) throw new Error(`${id} has no rules`);
      return tenant;
    };
    const { system } = ctx.database;
    const events = await readEvents(system, places);
    const facts = await loadFacts(system, events, {
      now: ctx.clock.now(),
      calendarOf: (id) => tenantOf(id).calendar,
      isUnderstood: () => true,
    });
    return events.map((event) => {
      const known = facts.get(event.seq);
      if (!known) throw new Error(`event ${event.seq} has no facts`);
      return { event, facts: known, tenant: tenantOf(event.tenantId) };
    });
  } finally {
    await book.close();
  }
}

export type CompiledRule = TenantRules["rules"][number];

/** The rules that an event asks, in their order. */
export function rulesAsked({ event, facts, tenant }: Asking): CompiledRule[] {
  return tenant.asked(triggersOf(event, facts.message?.understanding ?? null), event.createdAt);
}

/** Asks all of them, as the worker does: also why one does not apply is found out. Returns those that apply. */
export function ask(asking: Asking, rules: readonly CompiledRule[]): CompiledRule[] {
  return askRules(asking.event, asking.facts, rules).applying;
}
