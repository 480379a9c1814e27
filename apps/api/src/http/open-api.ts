import swagger, { type SwaggerTransform, type SwaggerTransformObject } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { problemJson } from "./problem.ts";

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemJson } },
});

/** Collects what every route says of itself. Must be registered before them. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Parley",
        version: "1.0.0",
        description: "Customer conversations of many companies, over their channels.",
      },
      servers: [{ url: "/", description: "This server" }],
      security: [{ accessToken: [] }],
      components: {
        securitySchemes: {
          accessToken: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description: "From POST /api/v1/auth/login.",
          },
        },
      },
    },
    transform: describeRoute,
    transformObject: describeSchemas,
  });
}

/** Adds what is the same for every route of the API: its problems, and whether it needs a token. */
const describeRoute: SwaggerTransform = (document) => {
  const { schema, url, route } = document;
  if (!schema || schema.hide || !url.startsWith("/api/")) return jsonSchemaTransform(document);
  const open = route.config?.access === "public";
  const response = {
    ...(schema.response as Record<string, unknown>),
    "400": problem("The request is not valid."),
    ...(open ? {} : { "401": problem("No valid access token."), "403": problem("Not allowed.") }),
    "4xx": problem("The request is refused; `code` says why."),
    "5xx": problem("Not the caller's fault; the same request may succeed later."),
  };
  return jsonSchemaTransform({ ...document, schema: { ...schema, response, ...(open ? { security: [] } : {}) } });
};

const COMPONENT = /"#\/components\/schemas\/([^"]+)"/g;

/** Every schema is offered as an input and as an output; only those that some route refers to are worth reading. */
const describeSchemas: SwaggerTransformObject = (document) => {
  const described = jsonSchemaTransformObject(document);
  if (!("components" in described)) return described;
  const schemas: Record<string, object> = { ...described.components?.schemas };
  const used = new Set<string>();
  const follow = (part: object): void => {
    for (const [, name] of JSON.stringify(part).matchAll(COMPONENT)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      follow(schemas[name] ?? {});
    }
  };
  follow(described.paths ?? {});
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  // The library's type is the union of all versions of OpenAPI, which a spread takes apart.
  return { ...described, components: { ...described.components, schemas: kept } } as typeof described;
};
