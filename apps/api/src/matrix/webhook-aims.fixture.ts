import { signWhatsAppBody } from "@parley/channels";

/** What the sender of a webhook and its receiver both know. */
export interface WebhookSecrets {
  appSecret: string;
  verifyToken: string;
}

/** What is sent, by somebody with secrets that may be wrong. */
export interface WebhookRequest {
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
}

/** How a webhook is sent so that it is accepted. */
export interface WebhookAim {
  /** Whose secrets: those of the platform, or of the inbox in the path. */
  provenBy: "platform" | "inbox";
  /** With `body`, if it has any. */
  request(secrets: WebhookSecrets, body: string): WebhookRequest;
  /** The same without any proof. */
  unproven(body: string): WebhookRequest;
  /** How it is answered when the secrets are wrong. */
  refused: 401 | 403;
}

/** Meta's check of a callback URL. */
const handshake = {
  request: ({ verifyToken }: WebhookSecrets) => ({ query: handshakeWith({ "hub.verify_token": verifyToken }) }),
  unproven: () => ({ query: handshakeWith({}) }),
  refused: 403,
} as const;

/** Meta's signature of the body. */
const delivery = {
  request: ({ appSecret }: WebhookSecrets, body: string) => ({
    headers: { "x-hub-signature-256": signWhatsAppBody(Buffer.from(body), appSecret) },
    body,
  }),
  unproven: (body: string) => ({ body }),
  refused: 401,
} as const;

function handshakeWith(token: Record<string, string>): Record<string, string> {
  return { "hub.mode": "subscribe", "hub.challenge": "1158201444", ...token };
}

/** How each route outside the API is called by channels. A route that is added is to be aimed here. */
export const WEBHOOKS: Record<string, WebhookAim> = {
  "GET /webhooks/whatsapp": { provenBy: "platform", ...handshake },
  "POST /webhooks/whatsapp": { provenBy: "platform", ...delivery },
  "GET /webhooks/whatsapp/:inboxId": { provenBy: "inbox", ...handshake },
  "POST /webhooks/whatsapp/:inboxId": { provenBy: "inbox", ...delivery },
};
