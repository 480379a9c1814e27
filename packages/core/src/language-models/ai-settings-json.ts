import { toJsonEnum } from "../json/index.ts";
import type { AiSettings } from "./ai-settings.ts";
import { fromMicros } from "./money.ts";
import type { AiSettingsJson } from "./schemas.ts";

export function toAiSettingsJson(settings: AiSettings): AiSettingsJson {
  const {
    tenantId: _tenantId,
    sealedApiKey,
    monthlyBudgetMicros,
    inputPriceMicros,
    outputPriceMicros,
    ...plain
  } = settings;
  return {
    ...plain,
    understanding: toJsonEnum(plain.understanding),
    provider: plain.provider && toJsonEnum(plain.provider),
    hasApiKey: sealedApiKey !== null,
    monthlyBudget: monthlyBudgetMicros === null ? null : fromMicros(monthlyBudgetMicros),
    inputPrice: fromMicros(inputPriceMicros),
    outputPrice: fromMicros(outputPriceMicros),
    updatedAt: plain.updatedAt?.toISOString() ?? null,
  };
}
