import type { Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import { subjectsOf, type TicketRow } from "../tickets/index.ts";
import { suspendRule } from "./suspend-rule.ts";

/** A rule that would have gone on with a ticket on which it has acted again and again. */
export interface Storming {
  rule: Pick<CompiledRule, "id" | "version">;
  ticket: TicketRow;
}

/** Suspends them, in the transaction that holds their tickets. */
export async function suspendStorming(ctx: SystemContext, tx: Tx, storming: readonly Storming[]): Promise<void> {
  // In the order of their ids, because others may suspend the same rules.
  const ordered = storming.toSorted((one, other) => (one.rule.id < other.rule.id ? -1 : 1));
  for (const { rule, ticket } of ordered) {
    await suspendRule(ctx, tx, {
      tenantId: ticket.tenantId,
      rule,
      because: "rate_capped",
      reason: `Rules acted on ticket ${ticket.number} too often within an hour, this one again and again without the customer having written.`,
      about: subjectsOf(ticket),
    });
  }
}
