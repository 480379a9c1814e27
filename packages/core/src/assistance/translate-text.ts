import { translate } from "@parley/models";
import { DomainError } from "@parley/runtime";
import { assertAllowed, authorize, type RequestContext } from "../context/index.ts";
import { prepareOnce } from "../idempotency/index.ts";
import { askModel, readAiSettings, type AiSettings, type ModelContext } from "../language-models/index.ts";
import { storedText } from "../messages/index.ts";
import { assertNotBlocked } from "../quotas/index.ts";
import { countUse } from "./count-use.ts";
import { noAnswer } from "./no-answer.ts";
import type { TranslateInput, TranslationJson } from "./schemas.ts";

interface Asked {
  settings: AiSettings;
  text: string;
  about: { messageId?: string; conversationId?: string; ticketId?: string | null };
}

/**
 * Translates a text, or what a message says, by the company's model: nothing else here can. `conflict`: there is no model,
 * no budget is left, or the model cannot do it. `unavailable`: it does not answer now.
 */
export async function translateText(
  ctx: RequestContext & ModelContext,
  input: TranslateInput,
): Promise<TranslationJson> {
  const tenantId = authorize(ctx, "ai.use");
  if (input.messageId !== undefined) assertAllowed(ctx.actor, "messages.read");
  return prepareOnce(
    ctx,
    tenantId,
    async () => {
      const { settings, text, about } = await readAsked(ctx, tenantId, input);
      await assertNotBlocked(ctx, tenantId, "AI_ACTIONS");
      const question = { text, targetLanguage: input.to };
      const answer = await askModel(ctx, settings, { task: "translate", ...about }, (client, options) =>
        translate(client, question, options),
      );
      if ("failed" in answer) throw noAnswer(answer.failed);
      const { translation, sourceLanguage } = answer.value;
      return { about, json: { text: translation, from: sourceLanguage, to: input.to, source: answer.model } };
    },
    async (tx, { about, json }): Promise<TranslationJson> => {
      await countUse(ctx, tx, { task: "translate", ...about });
      return json;
    },
  );
}

function readAsked(ctx: RequestContext, tenantId: string, input: TranslateInput): Promise<Asked> {
  return ctx.database.withTenant(tenantId, async (tx) => {
    const settings = await readAiSettings(tx, tenantId);
    if (input.text !== undefined) return { settings, text: input.text, about: {} };
    const message = await tx.message.findUnique({
      where: { tenantId_id: { tenantId, id: input.messageId } },
      select: { id: true, conversationId: true, ticketId: true, content: true },
    });
    const text = message && storedText(message.content);
    if (!message || !text) throw new DomainError("not_found", "There is no message with this id that has a text.");
    const { id: messageId, conversationId, ticketId } = message;
    return { settings, text, about: { messageId, conversationId, ticketId } };
  });
}
