import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toPolicyJson } from "./policy-json.ts";
import type { AssignmentPolicyJson, ListAssignmentPoliciesQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. Relies on assignment_policy_pkey. */
export async function listAssignmentPolicies(
  ctx: RequestContext,
  query: ListAssignmentPoliciesQuery,
): Promise<Page<AssignmentPolicyJson>> {
  const tenantId = authorize(ctx, "assignment.read");
  const { inboxId, teamId, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.assignmentPolicy.findMany({
      where: { tenantId, inboxId, teamId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (policy) => [policy.id]),
    toPolicyJson,
  );
}
