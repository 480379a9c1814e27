import { costOf, ModelError, type GenerateRequest, type ModelClient, type ModelEffort } from "@parley/models";
import { newId } from "@parley/runtime";
import { z } from "zod";
import type { AiSettings } from "./ai-settings.ts";
import { MOST_ANSWERS, MOST_OUTPUT_TOKENS, type SettingsWithModel } from "./model-access.ts";
import type { ModelContext } from "./model-context.ts";
import { tellOfTokens } from "./tell-of-tokens.ts";
import { reserveCall, settleCall, type ModelQuestion, type SettledModelCall } from "./model-ledger.ts";

/** So much of the month's budget is not left as a question may cost. */
export class BudgetError extends Error {
  override readonly name = "BudgetError";
}

/** Of a question: what its price follows from. */
type Priced = Pick<GenerateRequest<unknown>, "system" | "prompt" | "maxOutputTokens"> & { schema: z.ZodType };

interface Reserved {
  id: string;
  reservedMicros: bigint;
}

/** Whatever a provider wraps around a prompt, and what is said of an answer that is to be mended. */
const WRAPPING_TOKENS = 500;

/**
 * A client each of whose questions is in the ledger: what it may cost at most is kept free in the month's budget before it
 * is asked, and what it has cost takes its place afterwards, whatever came of it. An attempt of which nobody says what it
 * took, such as one that timed out, costs its share of what was kept free. Throws a BudgetError, without asking, when so
 * much is not left, and a ModelError as any client does. A question whose process dies stays PENDING; see
 * `settleStrandedCalls`.
 */
export function meteredClient(
  ctx: ModelContext,
  settings: SettingsWithModel,
  question: ModelQuestion,
  client: ModelClient,
): ModelClient {
  const { tenantId, provider, model } = settings;
  const sql = ctx.database.tenantSql(tenantId);
  const price = { inputPerMillion: settings.inputPriceMicros, outputPerMillion: settings.outputPriceMicros };

  async function reserve(request: Priced): Promise<Reserved> {
    const id = newId();
    const reservedMicros = costOf(tokensAtMost(request), price);
    const call = { ...question, tenantId, id, provider, model, reservedMicros, at: ctx.clock.now() };
    if (!(await reserveCall(sql, call))) throw new BudgetError("the month's budget does not allow this question");
    return { id, reservedMicros };
  }

  function settle(
    { id, reservedMicros }: Reserved,
    { usage, attempts, uncounted, latencyMs }: ModelEffort,
    end: Pick<SettledModelCall, "outcome" | "errorKind">,
  ): Promise<void> {
    // Rather too much is counted than the budget exceeded.
    const uncountedMicros = (reservedMicros * BigInt(uncounted)) / BigInt(MOST_ANSWERS);
    const costMicros = costOf(usage, price) + uncountedMicros;
    const at = ctx.clock.now();
    const settled = { tenantId, id, ...usage, costMicros, attempts, latencyMs: Math.round(latencyMs), at, ...end };
    return sql.transaction(async (tx) => {
      if (await settleCall(tx, settled)) await tellOfTokens(ctx, tx, question, settled);
    });
  }

  return {
    async generate(request) {
      const reserved = await reserve(request);
      try {
        const timeoutMs = Math.min(request.timeoutMs ?? Infinity, ctx.models.timeoutMs);
        const generated = await client.generate({ ...request, timeoutMs });
        await settle(reserved, generated, { outcome: "SUCCESS", errorKind: null });
        return generated;
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        const outcome = error.attempts === 0 ? "REFUSED" : "FAILED";
        await settle(reserved, error, { outcome, errorKind: error.kind });
        throw error;
      }
    },
  };
}

/** No token is shorter than a byte, whatever the tokenizer. An answer that is to be mended is shown to the model again. */
function tokensAtMost(request: Priced): { inputTokens: number; outputTokens: number } {
  const { system, prompt, schema, maxOutputTokens = MOST_OUTPUT_TOKENS } = request;
  const asked = [system, prompt, JSON.stringify(z.toJSONSchema(schema))].reduce(
    (bytes, text) => bytes + Buffer.byteLength(text),
    WRAPPING_TOKENS,
  );
  const output = Math.min(maxOutputTokens, MOST_OUTPUT_TOKENS);
  return {
    inputTokens: asked * MOST_ANSWERS + output * (MOST_ANSWERS - 1),
    outputTokens: output * MOST_ANSWERS,
  };
}

export function hasModel(settings: AiSettings): settings is SettingsWithModel {
  return settings.provider !== null && settings.model !== null;
}
