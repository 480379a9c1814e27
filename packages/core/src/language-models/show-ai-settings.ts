import { authorize, type RequestContext } from "../context/index.ts";
import { toAiSettingsJson } from "./ai-settings-json.ts";
import { readAiSettings } from "./ai-settings.ts";
import type { AiSettingsJson } from "./schemas.ts";

/** How much the company of the request leaves to machines. The API key is never shown. */
export async function showAiSettings(ctx: RequestContext): Promise<AiSettingsJson> {
  const tenantId = authorize(ctx, "ai_settings.read");
  const settings = await ctx.database.withTenant(tenantId, (tx) => readAiSettings(tx, tenantId));
  return toAiSettingsJson(settings);
}
