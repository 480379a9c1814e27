import type { Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql } from "../events/index.ts";
import type { ModelQuestion, SettledModelCall } from "./model-ledger.ts";

/**
 * Tells the log what a question to a model took, in the transaction that settles it. One that took nothing, or of which nobody
 * knows what it took, is not told of.
 */
export async function tellOfTokens(
  ctx: SystemContext,
  sql: Sql,
  { task, conversationId, ticketId, messageId }: ModelQuestion,
  { tenantId, id: callId, outcome, inputTokens, outputTokens }: SettledModelCall,
): Promise<void> {
  if (inputTokens + outputTokens === 0) return;
  await publishEventsSql(ctx, sql, [
    {
      tenantId,
      ...(conversationId && { conversationId }),
      ...(ticketId && { ticketId }),
      ...(messageId && { messageId }),
      actorType: "AI",
      type: "AI_MODEL_CALLED",
      data: { callId, task, outcome: outcome.toLowerCase(), inputTokens, outputTokens },
    },
  ]);
}
