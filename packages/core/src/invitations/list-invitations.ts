import type { Prisma } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toInvitationJson } from "./invitation-json.ts";
import { openInvitations } from "./open-invitations.ts";
import type { InvitationJson, InvitationStatus, ListInvitationsQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. */
export async function listInvitations(ctx: RequestContext, query: ListInvitationsQuery): Promise<Page<InvitationJson>> {
  const tenantId = authorize(ctx, "invitations.manage");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const now = ctx.clock.now();
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.invitation.findMany({
      where: {
        tenantId,
        ...(query.status === undefined ? {} : hasStatus(query.status, now)),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (invitation) => [invitation.id]),
    (invitation) => toInvitationJson(invitation, now),
  );
}

function hasStatus(status: InvitationStatus, now: Date): Prisma.InvitationWhereInput {
  switch (status) {
    case "open":
      return openInvitations(now);
    case "accepted":
      return { acceptedAt: { not: null } };
    case "revoked":
      return { acceptedAt: null, revokedAt: { not: null } };
    case "expired":
      return { acceptedAt: null, revokedAt: null, expiresAt: { lte: now } };
  }
}
