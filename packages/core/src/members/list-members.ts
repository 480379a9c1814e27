import type { Prisma } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { containsText } from "../search/index.ts";
import { memberSelect, toMembersJson } from "./member-json.ts";
import type { ListMembersQuery, MemberJson } from "./schemas.ts";

/** Whoever joined the platform last comes first: users' ids are time-ordered. Relies on membership_pkey. */
export async function listMembers(ctx: RequestContext, query: ListMembersQuery): Promise<Page<MemberJson>> {
  const tenantId = authorize(ctx, "members.read");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  return ctx.database.withTenant(tenantId, async (tx) => {
    const rows = await tx.membership.findMany({
      where: { tenantId, ...filtersOf(query), ...(before === undefined ? {} : { userId: { lt: before } }) },
      select: memberSelect,
      orderBy: { userId: "desc" },
      take: rowsToRead(query.limit),
    });
    const { data, page } = cutPage(rows, query.limit, (row) => [row.userId]);
    return { data: await toMembersJson(tx, data), page };
  });
}

function filtersOf({ role, availability, teamId, search }: ListMembersQuery): Prisma.MembershipWhereInput {
  return {
    role,
    availability,
    ...(teamId === undefined ? {} : { teamMemberships: { some: { teamId } } }),
    ...(search === undefined
      ? {}
      : { user: { OR: [{ fullName: containsText(search) }, { email: containsText(search) }] } }),
  };
}
