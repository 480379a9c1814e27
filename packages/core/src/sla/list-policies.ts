import { z } from "zod";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { noSuchPolicy, toPolicyJson } from "./policy-json.ts";
import type { ListSlaPoliciesQuery, SlaPolicyJson } from "./schemas.ts";

const positionKey = z.tuple([
  z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number),
  z.uuid(),
]);

/** In the order in which they are asked. Relies on sla_policy_pkey: a company has few. */
export async function listSlaPolicies(ctx: RequestContext, query: ListSlaPoliciesQuery): Promise<Page<SlaPolicyJson>> {
  const tenantId = authorize(ctx, "sla.read");
  const { limit } = query;
  const [position, id] = readCursor(query.cursor, positionKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.slaPolicy.findMany({
      where: {
        tenantId,
        ...(position !== undefined && {
          OR: [{ position: { gt: position } }, { position, id: { gt: id } }],
        }),
      },
      orderBy: [{ position: "asc" }, { id: "asc" }],
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (policy) => [policy.position, policy.id]),
    toPolicyJson,
  );
}

export async function showSlaPolicy(ctx: RequestContext, { id }: { id: string }): Promise<SlaPolicyJson> {
  const tenantId = authorize(ctx, "sla.read");
  const policy = await ctx.database.withTenant(tenantId, (tx) =>
    tx.slaPolicy.findUnique({ where: { tenantId_id: { tenantId, id } } }),
  );
  if (!policy) throw noSuchPolicy();
  return toPolicyJson(policy);
}
