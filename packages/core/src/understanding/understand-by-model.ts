import { understandWithModel } from "@parley/models";
import { askModel, type AiSettings, type ModelContext } from "../language-models/index.ts";
import { asMessageUnderstanding, type MessageUnderstanding } from "./message-understanding.ts";

/** A text, with what was understood of it locally. */
interface LocallyUnderstood {
  text: string;
  understanding: MessageUnderstanding;
  messageId?: string;
  ticketId?: string | null;
}

/** What the tenant's model makes of a text; what was understood locally, if it gives no answer. Not inside a transaction. */
export async function understandByModel(
  ctx: ModelContext,
  settings: AiSettings,
  { text, understanding, messageId, ticketId }: LocallyUnderstood,
): Promise<MessageUnderstanding> {
  const question = { task: "understand", messageId, ticketId };
  const answer = await askModel(ctx, settings, question, (client, options) =>
    understandWithModel(client, { text, entities: understanding.entities }, options),
  );
  return "value" in answer ? asMessageUnderstanding(answer.value, answer.model) : understanding;
}
