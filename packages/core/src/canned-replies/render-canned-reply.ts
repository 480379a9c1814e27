import { DomainError } from "@parley/runtime";
import { assertAllowed, authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { MAX_TEXT } from "../messages/index.ts";
import { loadTemplateValues, renderTemplate } from "../text-templates/index.ts";
import { readCannedReply } from "./canned-reply-json.ts";
import type { RenderCannedReplyInput, RenderedReplyJson } from "./schemas.ts";

/**
 * The text that a canned reply is in a conversation or on a ticket, for whoever asks, to be looked over and sent. It
 * tells of them and of their contact, so a key needs the scopes for that. `conflict`: it would be longer than a message
 * can be.
 */
export async function renderCannedReply(
  ctx: RequestContext,
  { id, ...place }: RenderCannedReplyInput & { id: string },
): Promise<RenderedReplyJson> {
  const tenantId = authorize(ctx, "canned_replies.read");
  for (const action of ["contacts.read", "conversations.read", "tickets.read"] as const)
    assertAllowed(ctx.actor, action);
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const { body } = await readCannedReply(tx, tenantId, id);
      const { text, missing } = renderTemplate(body, await loadTemplateValues(ctx, tx, tenantId, place));
      if (text.length > MAX_TEXT) {
        throw new DomainError(
          "conflict",
          `With its variables this reply has ${text.length} characters, and a message has ${MAX_TEXT} at most; shorten it.`,
        );
      }
      return { text, missing };
    }),
  );
}
