import { understand } from "@parley/understanding";
import { authorize, type RequestContext } from "../context/index.ts";
import { prepareOnce } from "../idempotency/index.ts";
import { readAiSettings, type ModelContext } from "../language-models/index.ts";
import { asMessageUnderstanding, LOCAL } from "./message-understanding.ts";
import type { UnderstandingJson, UnderstandTextInput } from "./schemas.ts";
import { understandByModel } from "./understand-by-model.ts";
import { toUnderstandingJson } from "./understanding-json.ts";

/** What would be understood if a customer wrote this; nothing is stored of it. Asks the model where arrivals would. */
export async function understandText(
  ctx: RequestContext & ModelContext,
  { text, channel }: UnderstandTextInput,
): Promise<UnderstandingJson> {
  const tenantId = authorize(ctx, "ai.use");
  return prepareOnce(
    ctx,
    tenantId,
    async () => {
      const settings = await ctx.database.withTenant(tenantId, (tx) => readAiSettings(tx, tenantId));
      const understanding = asMessageUnderstanding(understand(text, { channel }), LOCAL);
      const isAsked = settings.understanding === "MODEL";
      return toUnderstandingJson(
        isAsked ? await understandByModel(ctx, settings, { text, understanding }) : understanding,
      );
    },
    (_tx, understood) => Promise.resolve(understood),
  );
}
