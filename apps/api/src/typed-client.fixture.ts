import { createClient, type ParleyClient } from "@parley/client";
import type { LightMyRequestResponse } from "fastify";
import type { TestActor, TestApi } from "./api.fixture.ts";

/**
 * The published client, speaking to the server in this process: a test that asks for what the document does not offer does
 * not compile.
 */
export function typedClient(api: TestApi, actor: TestActor): ParleyClient {
  let token: Promise<string> | undefined;
  const signIn = async (): Promise<string> => (await api.bearer(actor)).authorization.replace("Bearer ", "");
  return createClient({
    baseUrl: "http://parley.example",
    accessToken: () => (token ??= signIn()),
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      const payload = Buffer.from(await request.arrayBuffer());
      const response = await api.app.inject({
        // A route of the document, so it is one of the methods that inject knows.
        method: request.method as "GET",
        url: `${pathname}${search}`,
        headers: Object.fromEntries(request.headers),
        ...(payload.length > 0 && { payload }),
      });
      return toResponse(response);
    },
  });
}

function toResponse({ statusCode, headers, body }: LightMyRequestResponse): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => [name, String(one)]),
  );
  return new Response(statusCode === 204 ? null : body, { status: statusCode, headers: pairs as [string, string][] });
}
