import { authorize, type RequestContext } from "../context/index.ts";
import { readMember } from "./member-json.ts";
import type { MemberJson } from "./schemas.ts";

export async function showMember(ctx: RequestContext, { id }: { id: string }): Promise<MemberJson> {
  const tenantId = authorize(ctx, "members.read");
  return ctx.database.withTenant(tenantId, (tx) => readMember(tx, tenantId, id));
}
