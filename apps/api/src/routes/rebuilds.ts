import { createRebuild, createRebuildInput, listRebuilds, listRebuildsQuery, rebuildJson } from "@parley/core/rebuilds";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Tenants"];
const config = { access: "super_admin" } as const;

export const rebuildRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/tenants/:id/rebuilds",
    {
      config,
      schema: {
        operationId: "createRebuild",
        tags,
        summary: "Compute something anew that follows from other rows of a company (SUPER_ADMIN)",
        description:
          "In the background, while it is in use. It changes nothing that is right. How far it is stands in the list.",
        params: idParams,
        body: createRebuildInput,
        refusals: { conflict: "This is being computed anew already." },
        response: { 202: dataOf(rebuildJson) },
      },
    },
    async (request, reply) => {
      const data = await createRebuild(request.requestContext(), { ...request.body, id: request.params.id });
      return reply.code(202).send({ data });
    },
  );

  app.get(
    "/tenants/:id/rebuilds",
    {
      config,
      schema: {
        operationId: "listRebuilds",
        tags,
        summary: "What was computed anew of a company, and how far that is, newest first (SUPER_ADMIN)",
        params: idParams,
        querystring: listRebuildsQuery,
        response: { 200: listOf(rebuildJson) },
      },
    },
    (request) => listRebuilds(request.requestContext(), { ...request.query, id: request.params.id }),
  );
};
