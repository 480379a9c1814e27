import { ModelError, type Generated, type ModelClient, type ModelErrorKind, type TaskOptions } from "@parley/models";
import { maskPersonalData } from "@parley/understanding";
import type { AiSettings } from "./ai-settings.ts";
import { BudgetError, hasModel, meteredClient } from "./metered-client.ts";
import type { SettingsWithModel } from "./model-access.ts";
import type { ModelContext } from "./model-context.ts";
import { NO_BUDGET, type ModelQuestion } from "./model-ledger.ts";

/** Why there is no answer. `no_model`: the tenant has none. `no_budget`: the month's is used up. */
export type NoAnswerReason = "no_model" | typeof NO_BUDGET | "key_unreadable" | ModelErrorKind;

export type ModelAnswer<T> = { value: T; model: string } | { failed: NoAnswerReason };

/**
 * Lets `ask` ask a tenant's model, with whatever it asks in the ledger and within the budget, and personal data masked if
 * the tenant wants that. Never to be called inside a transaction: it takes seconds.
 */
export async function askModel<T>(
  ctx: ModelContext,
  settings: AiSettings,
  question: ModelQuestion,
  ask: (client: ModelClient, options: TaskOptions) => Promise<Generated<T>>,
): Promise<ModelAnswer<T>> {
  if (!hasModel(settings)) return { failed: "no_model" };
  const client = openClient(ctx, settings);
  if (!client) return { failed: "key_unreadable" };
  const options: TaskOptions = settings.masksPersonalData ? { mask: maskPersonalData } : {};
  try {
    const { value } = await ask(meteredClient(ctx, settings, question, client), options);
    return { value, model: settings.model };
  } catch (error) {
    if (error instanceof BudgetError) return { failed: NO_BUDGET };
    if (error instanceof ModelError) return { failed: error.kind };
    throw error;
  }
}

/** A key that the keyring cannot read is to be given again; until then there is no model. */
function openClient(ctx: ModelContext, settings: SettingsWithModel): ModelClient | undefined {
  try {
    return ctx.models.clientFor(ctx.keyring, settings);
  } catch (error) {
    ctx.logger.warn({ err: error, tenantId: settings.tenantId }, "the key of a tenant's model cannot be read");
    return undefined;
  }
}
