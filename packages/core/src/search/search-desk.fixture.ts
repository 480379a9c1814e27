import { actingAs, type TestContext } from "@parley/queue/testing";
import {
  buildContact,
  buildConversation,
  buildMessage,
  buildTenant,
  buildTicket,
  buildUser,
  type BuiltConversation,
} from "@parley/testing";
import type { RequestContext } from "../context/index.ts";
import { search, type SearchPage } from "./search.ts";
import { searchQuery } from "./schemas.ts";

/** A company with one conversation, in which somebody says things that somebody else looks for. */
export interface SearchDesk {
  tenantId: string;
  conversation: BuiltConversation;
  ctx: TestContext & RequestContext;
  /** A message with this text; returns its id. */
  say(text: string, overrides?: Parameters<typeof buildMessage>[2]): Promise<string>;
  /** A ticket in a conversation of its own; returns its id. */
  ask(subject: string | null, overrides?: Parameters<typeof buildTicket>[2]): Promise<string>;
  /** A contact; returns its id. */
  meet(name: string | null, ...identifiers: string[]): Promise<string>;
  search(q: string, query?: Record<string, unknown>): Promise<SearchPage>;
  /** The ids of what is found, the best first. */
  find(q: string, query?: Record<string, unknown>): Promise<string[]>;
}

export async function openSearchDesk(context: TestContext, languages = ["en"]): Promise<SearchDesk> {
  const { id: tenantId } = await buildTenant(context, { languages });
  const user = await buildUser(context, { tenantId, role: "AGENT" });
  const ctx = actingAs(context, { userId: user.id, tenantId });
  const conversation = await buildConversation(context, { tenantId });
  const find: SearchDesk["search"] = (q, query = {}) => search(ctx, searchQuery.parse({ q, ...query }));
  return {
    tenantId,
    conversation,
    ctx,
    say: async (text, overrides) => (await buildMessage(context, conversation, { content: { text }, ...overrides })).id,
    async ask(subject, overrides) {
      const another = await buildConversation(context, { tenantId, inboxId: conversation.inboxId });
      return (await buildTicket(context, another, { subject, ...overrides })).id;
    },
    meet: async (name, ...values) =>
      (
        await buildContact(context, {
          tenantId,
          name,
          identifiers: values.map((value) => ({ type: value.includes("@") ? "EMAIL" : "PHONE", value })),
        })
      ).id,
    search: find,
    find: async (q, query) => (await find(q, query)).data.map(({ id }) => id),
  };
}
