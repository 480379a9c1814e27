import { statement } from "@parley/db";
import { authorize, requireUser } from "../context/index.ts";
import { noSuchConversation } from "../conversations/index.ts";
import type { Place, Present } from "./presence-board.ts";
import type { PresenceContext } from "./presence-context.ts";
import type { EnterConversationInput, PresenceJson } from "./schemas.ts";

// conversation_pkey, membership_pkey
const FIND_PLACE = statement<{ isMember: boolean }>(
  "presence_find_place",
  `select exists (select from membership m where m.tenant_id = c.tenant_id and m.user_id = $3) as "isMember"
     from conversation c where c.tenant_id = $1 and c.id = $2`,
);

/**
 * Tells the others at a conversation that whoever asks looks at it or types, for some seconds, and returns who they are,
 * those who came first first. Only members are told of; others may look.
 */
export async function enterConversation(
  ctx: PresenceContext,
  { id, state }: EnterConversationInput & { id: string },
): Promise<PresenceJson[]> {
  const { place, isMember } = await findPlace(ctx, id);
  const now = ctx.clock.now();
  const others = isMember ? await ctx.presence.enter(place, state, now) : await ctx.presence.look(place, now);
  return others.toSorted((one, other) => one.since.getTime() - other.since.getTime()).map(toPresenceJson);
}

/** Whoever asks is not there any more. */
export async function leaveConversation(ctx: PresenceContext, { id }: { id: string }): Promise<void> {
  const { place } = await findPlace(ctx, id);
  await ctx.presence.leave(place);
}

async function findPlace(ctx: PresenceContext, conversationId: string): Promise<{ place: Place; isMember: boolean }> {
  const tenantId = authorize(ctx, "conversations.read");
  const userId = requireUser(ctx);
  const [found] = await ctx.database.tenantSql(tenantId).rows(FIND_PLACE, [tenantId, conversationId, userId]);
  if (!found) throw noSuchConversation();
  return { place: { tenantId, conversationId, userId }, isMember: found.isMember };
}

function toPresenceJson({ userId, state, since }: Present): PresenceJson {
  return { userId, state, since: since.toISOString() };
}
