import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { describeDocument } from "./describe-document.ts";
import { describeRoute } from "./describe-route.ts";
import { TAGS } from "./tags.ts";

const DESCRIPTION = `Customer conversations of many companies, over their channels.

An answer is \`{ "data": … }\`; a list is \`{ "data": […], "page": { "nextCursor" } }\`, read on with \`?cursor=\`. Errors are
problem documents (RFC 9457), told apart by \`code\`. What belongs to another company is answered as if it did not exist.`;

/** Collects what every route says of itself. Must be registered before them. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Parley", version: "1.0.0", description: DESCRIPTION },
      servers: [{ url: "/", description: "This server" }],
      tags: TAGS,
      security: [{ accessToken: [] }, { apiKey: [] }],
      components: {
        securitySchemes: {
          accessToken: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description: "From POST /api/v1/auth/login.",
          },
          apiKey: {
            type: "apiKey",
            in: "header",
            name: "X-Api-Key",
            description: "From POST /api/v1/api-keys. A key may do what its scopes name, in its company.",
          },
        },
      },
    },
    transform: describeRoute,
    transformObject: describeDocument,
  });
}
