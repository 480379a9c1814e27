import { authorize, type RequestContext } from "../context/index.ts";
import { readDraft, toDraftJson } from "./draft-row.ts";
import type { AiDraftJson } from "./schemas.ts";

export async function showDraft(ctx: RequestContext, { id }: { id: string }): Promise<AiDraftJson> {
  const tenantId = authorize(ctx, "ai_drafts.read");
  return ctx.database.tenantSql(tenantId).transaction(async (sql) => toDraftJson(await readDraft(sql, tenantId, id)));
}
