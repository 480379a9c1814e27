import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchInbox, toInboxJson } from "./inbox-json.ts";
import type { InboxJson } from "./schemas.ts";

export async function showInbox(ctx: RequestContext, { id }: { id: string }): Promise<InboxJson> {
  const tenantId = authorize(ctx, "inboxes.read");
  const inbox = await ctx.database.withTenant(tenantId, (tx) =>
    tx.inbox.findUnique({ where: { tenantId_id: { tenantId, id } } }),
  );
  if (!inbox) throw noSuchInbox();
  return toInboxJson(inbox);
}
