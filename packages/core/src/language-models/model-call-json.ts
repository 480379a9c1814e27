import type { Prisma } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import { fromMicros } from "./money.ts";
import type { ModelCallJson } from "./schemas.ts";

export function toModelCallJson(call: Prisma.AiModelCallModel): ModelCallJson {
  const { tenantId: _tenantId, month: _month, costMicros, reservedMicros, createdAt, settledAt, ...plain } = call;
  return {
    ...plain,
    provider: toJsonEnum(call.provider),
    outcome: toJsonEnum(call.outcome),
    cost: fromMicros(costMicros),
    reserved: fromMicros(reservedMicros),
    createdAt: createdAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}
