import type { Prisma } from "@parley/db";
import { assertUser, type RequestContext, type UserActor } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { containsText } from "../search/index.ts";
import type { ListTenantsQuery, TenantJson } from "./schemas.ts";
import { toTenantJson } from "./tenant-json.ts";

/** The companies of the person who asks; all of them for a SUPER_ADMIN. Newest first; ids are time-ordered. */
export async function listTenants(ctx: RequestContext, query: ListTenantsQuery): Promise<Page<TenantJson>> {
  const { actor } = ctx;
  assertUser(actor);
  const { status, search, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  // The system role, which sees every tenant, because somebody may belong to several.
  const rows = await ctx.database.withSystem((tx) =>
    tx.tenant.findMany({
      where: {
        ...visibleTo(actor),
        status,
        ...(before === undefined ? {} : { id: { lt: before } }),
        ...(search === undefined ? {} : { OR: [{ name: containsText(search) }, { slug: containsText(search) }] }),
      },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (tenant) => [tenant.id]),
    toTenantJson,
  );
}

function visibleTo({ isSuperAdmin, userId }: UserActor): Prisma.TenantWhereInput {
  return isSuperAdmin ? {} : { memberships: { some: { userId } } };
}
