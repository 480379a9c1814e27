import { showCurrentTenant, tenantJson } from "@parley/core/tenants";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf } from "../http/envelopes.ts";

export const tenantRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/tenants/current",
    {
      config: { access: "tenant.read" },
      schema: {
        operationId: "showCurrentTenant",
        tags: ["Tenants"],
        summary: "The company that the request works in",
        response: { 200: dataOf(tenantJson) },
      },
    },
    async (request) => ({ data: await showCurrentTenant(request.requestContext()) }),
  );
};
