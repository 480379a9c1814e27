import type { WebhookInbox } from "@parley/core/webhooks";
import type { Clock } from "@parley/runtime";

/** Remembers inboxes, and that there is none, for a few seconds: a busy inbox costs no query a webhook. */
export interface InboxCache {
  find(id: string): Promise<WebhookInbox | null>;
}

/** A rotated secret is accepted after at most this long; senders repeat what was refused. */
const TTL_MS = 5_000;
/** Made-up ids must not fill the memory. */
const MAX_ENTRIES = 10_000;

export function createInboxCache(clock: Clock, load: (id: string) => Promise<WebhookInbox | null>): InboxCache {
  const entries = new Map<string, { inbox: Promise<WebhookInbox | null>; expiresAt: number }>();

  return {
    find(id) {
      const now = clock.now().getTime();
      const known = entries.get(id);
      if (known && known.expiresAt > now) return known.inbox;
      if (entries.size >= MAX_ENTRIES) entries.clear();
      const inbox = load(id);
      entries.set(id, { inbox, expiresAt: now + TTL_MS });
      // A failure is not remembered: the next webhook asks again.
      inbox.catch(() => entries.delete(id));
      return inbox;
    },
  };
}
