import { answerWhatsAppChallenge, verifyWhatsAppSignature } from "@parley/channels";
import { findWebhookInbox, type VerifiedWebhook, type WebhookInbox } from "@parley/core/webhooks";
import { DomainError } from "@parley/runtime";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../context.ts";
import { sendProblem } from "../http/error-handler.ts";
import { logRequests } from "../http/request-log.ts";
import { WEBHOOK_DOCS } from "../webhooks/describe-webhook.ts";
import { createInboxCache } from "../webhooks/inbox-cache.ts";

/** Meta, "Webhooks": payloads are at most 3 MB. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

const tags = ["Webhooks in"];
const NO_BODY = Buffer.alloc(0);

/**
 * Webhooks of Meta's apps. 200 means that the exact bytes are committed. This is the hottest path of the API: in
 * its scope bodies stay bytes, and there is no schema but for the documentation, no security header and no log line for a
 * request.
 */
export const webhookRoutes: FastifyPluginAsync<{ api: ApiContext }> = async (app, { api }) => {
  const { system, acceptor, whatsApp } = api;
  const platformSecrets = [whatsApp.appSecret];
  const inboxes = createInboxCache(system.clock, (id) => findWebhookInbox(system, { id, channel: "WHATSAPP" }));

  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  logRequests(app, "debug");

  async function accept(
    request: FastifyRequest,
    reply: FastifyReply,
    secrets: readonly string[],
    from: Pick<VerifiedWebhook, "source" | "inbox">,
  ): Promise<FastifyReply> {
    const body = Buffer.isBuffer(request.body) ? request.body : NO_BODY;
    const signature = request.headers["x-hub-signature-256"];
    if (!verifyWhatsAppSignature(body, typeof signature === "string" ? signature : undefined, secrets)) {
      throw new DomainError("invalid_signature", "X-Hub-Signature-256 does not sign this body with the app's secret.");
    }
    if (!isJson(body)) return sendProblem(request, reply, { code: "invalid_json", detail: "The body is not JSON." });
    await acceptor.accept({ channel: "WHATSAPP", ...from, body });
    return reply.type("application/json").send("{}");
  }

  async function inboxOf(request: FastifyRequest<{ Params: { inboxId: string } }>): Promise<WebhookInbox> {
    const id = z.uuid().safeParse(request.params.inboxId);
    const inbox = id.success ? await inboxes.find(id.data.toLowerCase()) : null;
    if (!inbox) throw new DomainError("not_found", "There is no inbox with this id; check the callback URL.");
    return inbox;
  }

  app.get(
    "/webhooks/whatsapp",
    {
      config: WEBHOOK_DOCS.handshake,
      schema: describe("checkWhatsAppCallback", "Meta's check of the platform's callback URL"),
    },
    (request, reply) => answerHandshake(request, reply, whatsApp.verifyToken),
  );

  app.post(
    "/webhooks/whatsapp",
    {
      config: WEBHOOK_DOCS.webhook,
      schema: describe("receiveWhatsAppWebhook", "Webhooks of the platform's Meta app"),
    },
    (request, reply) => accept(request, reply, platformSecrets, { source: "whatsapp" }),
  );

  app.get<{ Params: { inboxId: string } }>(
    "/webhooks/whatsapp/:inboxId",
    {
      config: WEBHOOK_DOCS.handshakeOfInbox,
      schema: describe(
        "checkWhatsAppCallbackOfInbox",
        "Meta's check of the callback URL of an inbox with a Meta app of its own",
      ),
    },
    async (request, reply) => {
      const inbox = await inboxOf(request);
      return answerHandshake(request, reply, inbox.verifyToken ?? whatsApp.verifyToken);
    },
  );

  app.post<{ Params: { inboxId: string } }>(
    "/webhooks/whatsapp/:inboxId",
    {
      config: WEBHOOK_DOCS.webhookOfInbox,
      schema: describe(
        "receiveWhatsAppWebhookOfInbox",
        "Webhooks of the Meta app of one inbox; without a secret of its own, the platform's",
      ),
    },
    async (request, reply) => {
      const { tenantId, id, appSecret } = await inboxOf(request);
      const secrets = appSecret === undefined ? platformSecrets : [appSecret];
      return accept(request, reply, secrets, { source: id, inbox: { tenantId, id } });
    },
  );
};

function answerHandshake(request: FastifyRequest, reply: FastifyReply, verifyToken: string): FastifyReply {
  const challenge = answerWhatsAppChallenge(request.query as Record<string, unknown>, verifyToken);
  if (challenge === undefined)
    throw new DomainError("forbidden", "hub.verify_token is not the one that was agreed on.");
  return reply.type("text/plain; charset=utf-8").header("x-content-type-options", "nosniff").send(challenge);
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
}

function describe(operationId: string, summary: string) {
  return { operationId, tags, summary, security: [] };
}
