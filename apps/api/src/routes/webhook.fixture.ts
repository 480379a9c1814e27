import { signWhatsAppBody } from "@parley/channels";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import type { TestApi } from "../api.fixture.ts";

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

/** The raw events that hold these bytes. */
export const storedWith = ({ context }: TestApi, body: Buffer | string) =>
  context.database.withSystem((tx) =>
    tx.rawWebhookEvent.findMany({ where: { body: Uint8Array.from(Buffer.from(body)) } }),
  );

/** Meta's check of a callback URL, whose challenge is 1158201444. */
export function askChallenge({ app }: TestApi, path: string, token: string): Promise<LightMyRequestResponse> {
  const query = { "hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444" };
  return app.inject({ url: path, query });
}
