import { createSilentLogger } from "@parley/runtime";
import type { RouteOptions } from "fastify";
import type { ApiContext } from "../context.ts";
import { buildServer } from "../server.ts";
import type { OpenApiDocument } from "./document.ts";

/** What no request ever asks for. */
const NOTHING = {} as never;

/** The document of a server that serves nothing, so that neither database nor Redis needs to be there. */
export async function describeApi(options: { onRoute?: (route: RouteOptions) => void } = {}): Promise<OpenApiDocument> {
  const api: ApiContext = {
    system: { logger: createSilentLogger() } as ApiContext["system"],
    identification: NOTHING,
    acceptor: NOTHING,
    publisher: { queues: () => [], redis: NOTHING },
    limiting: null,
    jwtSecret: "signs nothing",
    whatsApp: { appSecret: "", verifyToken: "" },
    corsOrigins: [],
    trustedProxies: [],
    secureCookies: true,
  };
  const app = await buildServer(api, options);
  try {
    await app.ready();
    // The library's type is the union of all versions of OpenAPI; ours says 3.1.
    return app.swagger() as unknown as OpenApiDocument;
  } finally {
    await app.close();
  }
}
