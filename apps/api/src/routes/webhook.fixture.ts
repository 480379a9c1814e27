import { signWhatsAppBody } from "@parley/channels";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";

/** A delivery as Meta makes it. Each has a body of its own unless one is given. */
export function deliver(
  app: FastifyInstance,
  options: { path?: string; body?: Buffer | string; secret: string; headers?: Record<string, string> },
): Promise<LightMyRequestResponse> {
  const { path = "/webhooks/whatsapp", secret, headers } = options;
  const body = Buffer.from(
    options.body ?? JSON.stringify({ object: "whatsapp_business_account", id: crypto.randomUUID() }),
  );
  return app.inject({
    method: "POST",
    url: path,
    payload: body,
    headers: { "content-type": "application/json", "x-hub-signature-256": signWhatsAppBody(body, secret), ...headers },
  });
}
