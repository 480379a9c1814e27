import type { Finders } from "../listed/index.ts";
import { inboxOf, memberOf, teamOf, unfinishedTicketsOf } from "../references/index.ts";
import type { conversationIncludes, ConversationJson } from "./schemas.ts";

/** How what `include` names is found. */
export const CONVERSATION_FINDERS: Finders<ConversationJson, typeof conversationIncludes> = {
  assignee: memberOf(({ assigneeId }) => assigneeId),
  team: teamOf(({ teamId }) => teamId),
  inbox: inboxOf(({ inboxId }) => inboxId),
  tickets: unfinishedTicketsOf(({ id }) => id),
};
