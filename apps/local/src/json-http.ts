import { fetch } from "undici";

const TIMEOUT_MS = 10_000;

/** A JSON request; rejects with a sentence that holds the status and the server's own words unless it succeeds. */
export async function requestJson<T>(
  method: "GET" | "POST",
  url: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<T> {
  const { body, headers } = options;
  const json = body === undefined ? undefined : JSON.stringify(body);
  const answer = await fetch(url, {
    method,
    headers: { ...(json && { "content-type": "application/json" }), ...headers },
    ...(json && { body: json }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`${method} ${new URL(url).pathname} answered ${answer.status}: ${text.slice(0, 500)}`);
  // The caller names the shape that the API documents; a wrong one shows as a step that does not come.
  return JSON.parse(text) as T;
}
