import type { Problem } from "./generated/api.d.ts";

/** What a refusal is for: stable, and the thing to decide by. */
export type ProblemCode = Problem["code"];

/** A request that was refused, or failed. `code` is null when it was not Parley that answered, but something in between. */
export class ParleyError extends Error {
  readonly status: number;
  readonly code: ProblemCode | null;
  /** What is wrong this time and what to do, for people. */
  readonly detail: string;
  /** Which fields are wrong, with `validation_failed`. */
  readonly errors: NonNullable<Problem["errors"]>;
  /** By which the operators of the server find the request. */
  readonly requestId: string | null;
  /** Before this the same request would be refused again. */
  readonly retryAfterSeconds: number | null;

  /** @param body What came with the response: parsed if it was JSON, else its text. */
  constructor(response: Response, body: unknown) {
    const problem = isProblem(response, body) ? body : undefined;
    const detail = problem?.detail ?? response.statusText;
    super(`${response.status} ${problem?.code ?? "without a problem document"}: ${detail}`);
    this.name = "ParleyError";
    this.status = response.status;
    this.code = problem?.code ?? null;
    this.detail = detail;
    this.errors = problem?.errors ?? [];
    this.requestId = problem?.requestId ?? response.headers.get("x-request-id");
    this.retryAfterSeconds = secondsOf(response.headers.get("retry-after"));
  }
}

export function isProblem(response: Response, body: unknown): body is Problem {
  const isNamed = response.headers.get("content-type")?.startsWith("application/problem+json") === true;
  return isNamed && typeof body === "object" && body !== null && "code" in body;
}

/** A proxy may name a date instead, which is of no use where clocks differ. */
function secondsOf(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header) ? Number(header) : null;
}
