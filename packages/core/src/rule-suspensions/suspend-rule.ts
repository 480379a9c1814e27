import type { Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import { touchRules } from "../rule-revisions/index.ts";
import { tellSuspension } from "./tell-suspension.ts";

/** Why a rule is to be left alone. */
interface Suspension {
  tenantId: string;
  /** As it was asked: what it says by now may be mended. */
  rule: Pick<CompiledRule, "id" | "version">;
  /** For the log, in lower_snake. */
  because: "kept_failing" | "rate_capped";
  /** For those who run the company: a sentence. */
  reason: string;
  /** What the event is about besides. */
  about?: Pick<NewEvent, "ticketId" | "conversationId" | "contactId">;
}

/**
 * Leaves a rule alone until somebody resumes it: the log says so, and those who run the company get a mail. Once, however
 * many workers come to it; not if it says something else by now. Whoever suspends several does so in the order of their ids.
 */
export async function suspendRule(
  ctx: SystemContext,
  tx: Tx,
  { tenantId, rule, because, reason, about }: Suspension,
): Promise<void> {
  const { id: ruleId, version } = rule;
  const suspendedAt = ctx.clock.now();
  // Waits for whoever suspends it in the same moment, and then finds it suspended.
  const { count } = await tx.aiRule.updateMany({
    where: { tenantId, id: ruleId, version, suspendedAt: null },
    data: { suspendedAt, suspendedReason: reason },
  });
  if (count === 0) return;
  await touchRules(tx, tenantId);
  await publishEvents(ctx, tx, [
    { tenantId, ...about, actorType: "SYSTEM", type: "AI_RULE_SUSPENDED", data: { ruleId, because } },
  ]);
  await tellSuspension(ctx, tx, { tenantId, ruleId, suspendedAt });
}
