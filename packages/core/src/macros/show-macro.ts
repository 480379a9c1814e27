import { authorize, type RequestContext } from "../context/index.ts";
import { readMacro } from "./macro-json.ts";
import type { MacroJson } from "./schemas.ts";

export async function showMacro(ctx: RequestContext, { id }: { id: string }): Promise<MacroJson> {
  const tenantId = authorize(ctx, "macros.read");
  return ctx.database.withTenant(tenantId, async (tx) => (await readMacro(tx, tenantId, id)).json);
}
