import swaggerUi from "@fastify/swagger-ui";
import type { FastifyPluginAsync } from "fastify";
import { securityHeaders } from "../http/security-headers.ts";

/** The OpenAPI at /docs/json, and a page to browse it at /docs. */
export const docsRoutes: FastifyPluginAsync = async (app) => {
  await app.register(securityHeaders, { policy: "page" });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    uiConfig: { deepLinking: true, docExpansion: "none", persistAuthorization: false },
  });
};
