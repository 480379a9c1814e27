import { randomInt } from "node:crypto";
import type { LightMyRequestResponse } from "fastify";
import type { TestApi, TestRoute } from "../api.fixture.ts";
import type { Json, JsonObject } from "./aim.fixture.ts";

/**
 * Sends what may be anything: the body is text as it goes over the wire, and parameters are what they are when written
 * as text, each element of an array by itself.
 */
export function sendRaw(
  { app }: Pick<TestApi, "app">,
  { method, path }: Pick<TestRoute, "method" | "path">,
  request: { params: JsonObject; query: JsonObject; text: string | undefined; headers: Record<string, string> },
): Promise<LightMyRequestResponse> {
  const { params, query, text, headers } = request;
  const pathname = path.replace(/:(\w+)/g, (_colon, name: string) => encode(params[name] ?? ""));
  const search = Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((each) => `${encode(name)}=${encode(each)}`))
    .join("&");
  return app.inject({
    method,
    url: search === "" ? pathname : `${pathname}?${search}`,
    headers: { ...headers, ...(text !== undefined && { "content-type": "application/json" }) },
    // From everywhere, so that nothing is held up for what was sent before.
    remoteAddress: [10, ...Array.from({ length: 3 }, () => randomInt(256))].join("."),
    ...(text !== undefined && { payload: text }),
  });
}

/** Half a surrogate pair, which no URL can hold, is sent as the bytes that it would be. */
function encode(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.isWellFormed() ? encodeURIComponent(text) : `%ED%A0%80${encodeURIComponent(text.toWellFormed())}`;
}
