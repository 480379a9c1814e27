import type { Fetch } from "./authorized-fetch.ts";
import type { Problem } from "./generated/api.d.ts";

/** Everything that a request says. */
export interface Sent {
  method: string;
  url: string;
  headers: Headers;
  body: string;
}

/** A fetch that answers what `answer` says, and what was sent to it, in order. */
export function answering(answer: (sent: Sent) => Response | Promise<Response>): { fetch: Fetch; sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    async fetch(request) {
      const { method, url, headers } = request;
      const one = { method, url, headers: new Headers(headers), body: await request.text() };
      sent.push(one);
      return answer(one);
    },
  };
}

export function problem(status: number, code: Problem["code"], more: Partial<Problem> = {}, headers = {}): Response {
  const body: Problem = {
    type: `urn:parley:problem:${code}`,
    title: "Refused",
    status,
    detail: "Do something else.",
    code,
    requestId: "request-1",
    ...more,
  };
  return Response.json(body, {
    status,
    headers: { "content-type": "application/problem+json; charset=utf-8", ...headers },
  });
}
