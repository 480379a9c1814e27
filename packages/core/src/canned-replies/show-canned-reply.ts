import { authorize, type RequestContext } from "../context/index.ts";
import { readCannedReply } from "./canned-reply-json.ts";
import type { CannedReplyJson } from "./schemas.ts";

export async function showCannedReply(ctx: RequestContext, { id }: { id: string }): Promise<CannedReplyJson> {
  const tenantId = authorize(ctx, "canned_replies.read");
  return ctx.database.withTenant(tenantId, (tx) => readCannedReply(tx, tenantId, id));
}
