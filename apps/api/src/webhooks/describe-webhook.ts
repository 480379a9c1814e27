import type { SwaggerTransform } from "@fastify/swagger";
import type { FastifySchema } from "fastify";
import { z } from "zod";
import { describeRoute } from "../open-api/describe-route.ts";

/** For a route's `config`: what the documentation says of it, and no request is held against. */
function describedBy(parts: FastifySchema): { swaggerTransform: SwaggerTransform } {
  return { swaggerTransform: (document) => describeRoute({ ...document, schema: { ...document.schema, ...parts } }) };
}

const ofInbox = { params: z.object({ inboxId: z.uuid() }) };
const notFound = { not_found: "There is no inbox with this id; check the callback URL." };

const handshake = {
  querystring: z.object({
    "hub.mode": z.literal("subscribe"),
    "hub.verify_token": z.string().meta({ description: "The token that was agreed on.", example: "verify-me" }),
    "hub.challenge": z.string().meta({ example: "1158201444" }),
  }),
  response: {
    200: {
      description: "The challenge, as it came.",
      content: { "text/plain": { schema: z.string().meta({ example: "1158201444" }) } },
    },
  },
  refusals: { forbidden: "hub.verify_token is not the one that was agreed on." },
};

const whatsAppWebhook = z
  .looseObject({
    object: z.literal("whatsapp_business_account"),
    entry: z.array(z.looseObject({ id: z.string(), changes: z.array(z.looseObject({ field: z.string() })) })),
  })
  .meta({
    id: "WhatsAppWebhook",
    description: "As Meta has it. Parts that are not known are kept as they came.",
    example: {
      object: "whatsapp_business_account",
      entry: [
        {
          id: "102290129340398",
          changes: [
            {
              field: "messages",
              value: {
                messaging_product: "whatsapp",
                metadata: { display_phone_number: "4915112345678", phone_number_id: "106540352242922" },
                contacts: [{ profile: { name: "Customer One" }, wa_id: "4915187654321" }],
                messages: [
                  {
                    from: "4915187654321",
                    id: "wamid.HBgNNDkxNTExMjM0NTY3OA==",
                    timestamp: "1769846400",
                    type: "text",
                    text: { body: "Where is my order?" },
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  });

const webhook = {
  headers: z.object({
    "X-Hub-Signature-256": z.string().meta({
      description: "HMAC-SHA256 of the body's bytes with the Meta app's secret, in hex.",
      example: "sha256=0f3c1d5a8b7e6f4029384756aabbccddeeff00112233445566778899aabbccdd",
    }),
  }),
  body: whatsAppWebhook,
  response: { 200: z.object({}).meta({ description: "It is stored; so is what is answered here a second time." }) },
  refusals: {
    invalid_json: "The body is not JSON.",
    invalid_signature: "X-Hub-Signature-256 does not sign this body with the app's secret.",
    payload_too_large: "The body is over 3 MB.",
    internal_error: "Something went wrong here; send it again.",
    unavailable: "It cannot be stored now; send it again.",
  },
} as const;

/** Meta's check of a callback URL, and its webhooks: of the platform's app, and of an inbox with an app of its own. */
export const WEBHOOK_DOCS = {
  handshake: describedBy(handshake),
  handshakeOfInbox: describedBy({ ...handshake, ...ofInbox, refusals: { ...handshake.refusals, ...notFound } }),
  webhook: describedBy(webhook),
  webhookOfInbox: describedBy({ ...webhook, ...ofInbox, refusals: { ...webhook.refusals, ...notFound } }),
};
