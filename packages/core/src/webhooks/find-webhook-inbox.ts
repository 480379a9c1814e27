import type { Channel } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { readCredentials } from "../inboxes/index.ts";

/** The inbox that a webhook's URL names, with what its sender must know. */
export interface WebhookInbox {
  tenantId: string;
  id: string;
  /** Signs the webhooks; undefined: those of the platform's own app. */
  appSecret?: string;
  verifyToken?: string;
}

/**
 * The inbox `id` if it is one of `channel`, whosever it is: nobody is signed in when a webhook arrives. Credentials
 * that cannot be read are `unavailable` rather than absent: another secret must not be accepted in their place.
 */
export async function findWebhookInbox(
  ctx: SystemContext,
  input: { id: string; channel: Channel },
): Promise<WebhookInbox | null> {
  const { id, channel } = input;
  const inbox = await ctx.database.withSystem((tx) =>
    tx.inbox.findUnique({ where: { id, channel }, select: { tenantId: true, credentials: true } }),
  );
  if (!inbox) return null;
  const { tenantId, credentials } = inbox;
  try {
    const { appSecret, verifyToken } = readCredentials(ctx.keyring, { tenantId, id, credentials });
    return { tenantId, id, appSecret, verifyToken };
  } catch (error) {
    throw new DomainError("unavailable", "The credentials of this inbox cannot be read; try again later.", {
      cause: error,
    });
  }
}
