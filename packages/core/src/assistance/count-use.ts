import type { Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import { asEventActor, requireTenant, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { takeUnits } from "../quotas/index.ts";

/** What somebody had the assistant do, of which nothing else remains. */
interface AssistantUse {
  task: "summarize_ticket" | "translate";
  conversationId?: string;
  ticketId?: string | null;
  messageId?: string;
}

/** Writes down that the assistant was used, which is one AI action. Refuses as `quota_exceeded` what the plan has no room for. */
export async function countUse(ctx: RequestContext, tx: Tx, { task, ...subjects }: AssistantUse): Promise<void> {
  const tenantId = requireTenant(ctx);
  await takeUnits(ctx, tx, { tenantId, meter: "AI_ACTIONS", units: 1 });
  await publishEvents(ctx, tx, [
    { tenantId, ...subjects, ...asEventActor(ctx.actor), type: "AI_ASSISTED", data: { task, useId: newId() } },
  ]);
}
