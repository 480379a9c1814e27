import type { FastifySchemaCompiler, RouteOptions } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import { z } from "zod";

const noQuery = z.strictObject({});

/** An onRoute hook: a route that says nothing of its query has none, and an unknown parameter is refused. */
export function refuseUnknownQuery(route: RouteOptions): void {
  route.schema = { querystring: noQuery, ...route.schema };
}

/** zod's, for which a body that was not sent is absent, and not null as for Fastify. */
export const compileValidator: FastifySchemaCompiler<z.ZodType> = (route) => {
  const validate = validatorCompiler(route);
  return route.httpPart === "body" ? (body: unknown) => validate(body ?? undefined) : validate;
};
