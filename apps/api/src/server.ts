import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type RouteOptions } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import { authentication } from "./auth/authentication.ts";
import { permission } from "./auth/permission.ts";
import { registerTokens } from "./auth/tokens.ts";
import type { ApiContext } from "./context.ts";
import { ARRIVAL_TIMEOUT_MS, limitArrival } from "./http/arrival-timeout.ts";
import { limitBody, SMALL_BODY_BYTES } from "./http/body-limits.ts";
import { UPLOAD_TIMEOUT_MS } from "./http/csv-uploads.ts";
import { answerError, answerNotFound } from "./http/error-handler.ts";
import { markReplay } from "./http/idempotency.ts";
import { parseJsonBodies } from "./http/json-body.ts";
import { registerOpenApi } from "./open-api/register-open-api.ts";
import { rateLimits } from "./http/rate-limits.ts";
import { refuseUnexpectedBody } from "./http/refuse-unexpected-body.ts";
import { echoRequestId, requestIdOf } from "./http/request-id.ts";
import { logRequests } from "./http/request-log.ts";
import { allowOrigins, JSON_ANSWER_HEADERS, securityHeaders } from "./http/security-headers.ts";
import { compileValidator, refuseUnknownQuery } from "./http/validation.ts";
import { adminQueueRoutes } from "./routes/admin-queues.ts";
import { docsRoutes } from "./routes/docs.ts";
import { healthRoutes } from "./routes/health.ts";
import { apiRoutes } from "./routes/index.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

/** For its answer: every wait within has an end of its own, this is for the one that was forgotten. */
const HANDLER_TIMEOUT_MS = 30_000;
/** Longer than load balancers keep theirs, so that they never use one that we are closing. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/**
 * The whole server, not yet listening: tests use `inject`. Scopes keep the webhooks free of what browsers need.
 * `onRoute` hears of every route.
 */
export async function buildServer(
  api: ApiContext,
  options: { onRoute?: (route: RouteOptions) => void } = {},
): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = api.system.logger;
  const app = Fastify({
    loggerInstance,
    // Fastify's two lines a request are replaced by ours; see logRequests.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    genReqId: requestIdOf,
    bodyLimit: SMALL_BODY_BYTES,
    // The longest that a route allows; see limitArrival.
    requestTimeout: UPLOAD_TIMEOUT_MS,
    http: { headersTimeout: ARRIVAL_TIMEOUT_MS },
    handlerTimeout: HANDLER_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // While closing, requests on open connections are still served: each may be a webhook.
    return503OnClosing: false,
    trustProxy: api.trustedProxies.length > 0 && [...api.trustedProxies],
    frameworkErrors: (error, request, reply) => {
      // No hook of any scope runs for what no route could be looked up for.
      void reply.headers({ ...JSON_ANSWER_HEADERS, "x-request-id": request.id });
      void answerError(error, request, reply);
    },
  });
  if (options.onRoute) app.addHook("onRoute", options.onRoute);
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.addHook("onRequest", echoRequestId);
  app.addHook("onRequest", limitArrival);
  await registerTokens(app, api.jwtSecret);
  await registerOpenApi(app);

  await app.register(healthRoutes, { api });
  await app.register(webhookRoutes, { api });
  await app.register(docsRoutes);
  await app.register(adminQueueRoutes, { api });
  await app.register(async (scope) => {
    parseJsonBodies(scope);
    logRequests(scope, "info");
    await scope.register(securityHeaders, { policy: "json" });
    await scope.register(allowOrigins, { origins: api.corsOrigins });
    scope.setNotFoundHandler(answerNotFound);
    await scope.register(
      async (v1) => {
        v1.addHook("onRoute", refuseUnknownQuery);
        v1.addHook("onRoute", refuseUnexpectedBody);
        v1.addHook("onRoute", limitBody);
        v1.addHook("onSend", markReplay);
        await v1.register(authentication, { api });
        await v1.register(rateLimits, { limiting: api.limiting });
        await v1.register(permission, { api });
        await v1.register(apiRoutes);
      },
      { prefix: "/api/v1" },
    );
  });
  return app;
}
