import { endOtherSessions, endSession, listSessions, listSessionsQuery, openSessionJson } from "@parley/core/auth";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Auth"];
const config = { access: "signed_in" } as const;

export const sessionRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/auth/sessions",
    {
      config,
      schema: {
        operationId: "listSessions",
        tags,
        summary: "Where one is signed in, the session that was used last first",
        querystring: listSessionsQuery,
        response: { 200: listOf(openSessionJson) },
      },
    },
    (request) => listSessions(request.requestContext(), { ...request.query, sessionId: request.sessionId }),
  );

  app.delete(
    "/auth/sessions",
    {
      config,
      schema: {
        operationId: "endOtherSessions",
        tags,
        summary: "End all of one's sessions but the one that asks",
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await endOtherSessions(request.requestContext(), { sessionId: request.sessionId });
      return reply.code(204).send(undefined);
    },
  );

  app.delete(
    "/auth/sessions/:id",
    {
      config,
      schema: {
        operationId: "endSession",
        tags,
        summary: "End one of one's own sessions",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await endSession(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
