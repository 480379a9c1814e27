import { verifyWhatsAppSignature } from "@parley/channels";
import { SIMULATOR_WHATSAPP, type Logger } from "@parley/runtime";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";

const MAX_BODY_BYTES = 3 * 1024 * 1024;

/**
 * A Fastify server that does with a webhook what Parley's API does before it stores it (the same limits and logger,
 * the signature over the raw bytes, the check for JSON), and then whatever `store` does.
 */
export function createBaselineServer(logger: Logger, store: (body: Buffer) => Promise<unknown>): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = logger;
  const app = Fastify({
    loggerInstance,
    disableRequestLogging: true,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  app.post("/webhooks/whatsapp", async (request, reply) => {
    // The parser above makes nothing else.
    const body = request.body as Buffer;
    const signature = request.headers["x-hub-signature-256"];
    const isSigned =
      typeof signature === "string" && verifyWhatsAppSignature(body, signature, [SIMULATOR_WHATSAPP.appSecret]);
    if (!isSigned) return reply.code(401).send("{}");
    JSON.parse(body.toString());
    await store(body);
    return reply.type("application/json").send("{}");
  });
  return app;
}
