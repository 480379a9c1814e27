import {
  changeTenant,
  changeTenantInput,
  createTenant,
  createTenantInput,
  currentTenantJson,
  listTenants,
  listTenantsQuery,
  renameTenant,
  renameTenantInput,
  showCurrentTenant,
  tenantJson,
} from "@parley/core/tenants";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Tenants"];

export const tenantRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/tenants",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "listTenants",
        tags,
        summary: "Your companies, newest first; all of them for a SUPER_ADMIN",
        querystring: listTenantsQuery,
        response: { 200: listOf(tenantJson) },
      },
    },
    (request) => listTenants(request.requestContext(), request.query),
  );

  app.post(
    "/tenants",
    {
      config: { access: "super_admin" },
      schema: {
        operationId: "createTenant",
        tags,
        summary: "Add a company (SUPER_ADMIN)",
        body: createTenantInput,
        refusals: { conflict: "This slug is taken; choose another, or leave it out." },
        response: { 201: dataOf(tenantJson) },
      },
    },
    async (request, reply) => {
      const data = await createTenant(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/tenants/current",
    {
      config: { access: "tenant.read" },
      schema: {
        operationId: "showCurrentTenant",
        tags,
        summary: "The company that the request works in",
        response: { 200: dataOf(currentTenantJson) },
      },
    },
    async (request) => ({ data: await showCurrentTenant(request.requestContext()) }),
  );

  app.patch(
    "/tenants/current",
    {
      config: { access: "tenant.change" },
      schema: {
        operationId: "renameTenant",
        tags,
        summary: "Rename the company that the request works in (ADMIN)",
        body: renameTenantInput,
        response: { 200: dataOf(currentTenantJson) },
      },
    },
    async (request) => ({ data: await renameTenant(request.requestContext(), request.body) }),
  );

  app.patch(
    "/tenants/:id",
    {
      config: { access: "super_admin" },
      schema: {
        operationId: "changeTenant",
        tags,
        summary: "Change a company, suspend it or close it (SUPER_ADMIN)",
        params: idParams,
        body: changeTenantInput,
        response: { 200: dataOf(tenantJson) },
      },
    },
    async (request) => ({
      data: await changeTenant(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );
};
