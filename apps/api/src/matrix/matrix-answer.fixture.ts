import type { LightMyRequestResponse } from "fastify";
import { expect } from "vitest";

/** Of every answer its own, whatever was asked. */
const OF_THE_REQUEST = new Set([
  "x-request-id",
  "date",
  "content-length",
  "ratelimit-limit",
  "ratelimit-remaining",
  "ratelimit-reset",
]);

/** An answer as far as it may not depend on whether a thing is another tenant's or nobody's. `sent` is taken out of it. */
export function comparable(response: LightMyRequestResponse, sent: readonly string[]): object {
  const headers = Object.fromEntries(Object.entries(response.headers).filter(([name]) => !OF_THE_REQUEST.has(name)));
  const body = sent.reduce((text, word) => text.replaceAll(word, "…"), response.body);
  return { status: response.statusCode, headers, body: body.replace(/"requestId":"[^"]*"/, "") };
}

/** None of `traces` but those that were `sent` with the request stands in the answer, its headers included. */
export function expectNoTrace(
  response: LightMyRequestResponse,
  traces: Iterable<string>,
  sent: readonly string[],
): void {
  const text = `${JSON.stringify(response.headers)}\n${response.body}`;
  const found = [...traces].filter((trace) => !sent.includes(trace) && text.includes(trace));
  expect(found, `traces of another tenant in the answer: ${text}`).toEqual([]);
}

/** How many rows a list or a CSV has. */
export function rowsOf(response: LightMyRequestResponse): number {
  if (isOf(response, "application/json")) {
    const { data } = response.json<{ data: unknown }>();
    if (Array.isArray(data)) return data.length;
  }
  if (!isOf(response, "text/csv")) throw new Error(`This is neither a list nor a CSV: ${response.body}`);
  return response.body.trimEnd().split("\r\n").length - 1;
}

/** Whether it is a page of a list. */
export function isList(response: LightMyRequestResponse): boolean {
  return isOf(response, "application/json") && response.json<{ page?: unknown }>().page !== undefined;
}

function isOf(response: LightMyRequestResponse, type: string): boolean {
  return response.statusCode === 200 && String(response.headers["content-type"]).startsWith(type);
}
