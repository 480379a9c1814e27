import { DomainError } from "@parley/runtime";
import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import { registerControlRoutes, type Control } from "./control/routes.ts";
import { graphError } from "./graph/graph-error.ts";
import { registerMediaRoutes } from "./graph/media-routes.ts";
import { answerWith, registerMessageRoutes } from "./graph/message-routes.ts";
import { registerTemplateRoutes } from "./graph/template-routes.ts";
import { modelErrorFor, registerModelRoutes } from "./models/model-routes.ts";
import type { ModelWorld } from "./models/model-world.ts";
import type { World } from "./world.ts";

const VERSION = /^\/v\d+\.\d+\//;
const CONTROL_PREFIX = "/_sim/";

/** All routes. Under `/_sim/` errors are `{ error: "sentence" }`, under a model's path its provider's, everywhere else Graph errors. */
export function createHttpServer(world: World, models: ModelWorld, control: Control): FastifyInstance {
  const app = fastify({ forceCloseConnections: true, exposeHeadRoutes: false });

  // Some clients announce JSON and send nothing, as to `POST /_sim/reset`: that is no body, not bad JSON.
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, done) => {
    try {
      done(null, text === "" ? undefined : JSON.parse(String(text)));
    } catch {
      done(Object.assign(new Error("The body is not JSON."), { statusCode: 400 }));
    }
  });

  app.addHook("onRequest", (request, reply, done) => {
    const isGraphRoute = request.routeOptions.url?.startsWith("/:version") === true;
    if (isGraphRoute && !VERSION.test(request.url)) void answerUnknownPath(reply, request.url);
    else done();
  });
  app.setNotFoundHandler((request, reply) => answerUnknownPath(reply, request.url));

  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const isCallersFault = error instanceof DomainError || (error.statusCode ?? 500) < 500;
    if (request.url.startsWith(CONTROL_PREFIX)) {
      return reply.code(isCallersFault ? 400 : 500).send({ error: error.message });
    }
    const status = isCallersFault ? 400 : 500;
    const modelError = modelErrorFor(request.url, { status, message: error.message });
    if (modelError) return reply.code(status).send(modelError);
    return answerWith(reply, graphError({ code: isCallersFault ? 100 : 1, details: error.message }));
  });

  registerMessageRoutes(app, world);
  registerMediaRoutes(app, world);
  registerTemplateRoutes(app, world);
  registerModelRoutes(app, models);
  registerControlRoutes(app, control);
  return app;
}

function answerUnknownPath(reply: FastifyReply, url: string): FastifyReply {
  const sentence = `Nothing answers at ${url}; GET / lists the routes.`;
  if (url.startsWith(CONTROL_PREFIX)) return reply.code(404).send({ error: sentence });
  const modelError = modelErrorFor(url, { status: 404, message: sentence });
  if (modelError) return reply.code(404).send(modelError);
  return answerWith(reply, graphError({ code: 100, details: sentence }, 404));
}
