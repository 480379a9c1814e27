import type { SystemContext } from "@parley/core/context";
import { createWebhookAcceptor } from "@parley/core/webhooks";
import { benchPhone } from "../../world/bench-ids.ts";
import { whatsAppWebhook } from "../../world/whatsapp-webhook.ts";
import { plannedMessage } from "./acting-world.ts";

/** Who writes to the companies: webhooks of one message each, accepted as the API accepts them, but for HTTP. */
export interface Customers {
  /** Resolves when the webhook of the `index`-th message is committed. */
  write(index: number): Promise<void>;
}

export function createCustomers(ctx: SystemContext): Customers {
  const acceptor = createWebhookAcceptor(ctx);
  return {
    write(index) {
      const { inbox, contact, text } = plannedMessage(index);
      const externalId = `wamid.rules.${index}`;
      const message = { from: benchPhone(inbox, contact), name: `Customer ${contact}`, externalId, text };
      const body = whatsAppWebhook(inbox, { messages: [message] }, new Date());
      return acceptor.accept({ channel: "WHATSAPP", source: "whatsapp", body });
    },
  };
}
