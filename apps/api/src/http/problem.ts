import type { DomainErrorCode, FieldError } from "@parley/runtime";
import { z } from "zod";

export const EXAMPLE_REQUEST_ID = "7c1f9a52-3f0e-4d0b-9a57-0d6f3c2b8e41";

/** What can be wrong with a request before any verb sees it, or with us. */
type TransportErrorCode = "invalid_json" | "unsupported_media_type" | "bad_request" | "internal_error";

export type ProblemCode = DomainErrorCode | TransportErrorCode;

/** The only place in which codes become HTTP. */
const PROBLEMS: Record<ProblemCode, { status: number; title: string }> = {
  validation_failed: { status: 400, title: "The request is not valid" },
  invalid_json: { status: 400, title: "The body is not JSON" },
  bad_request: { status: 400, title: "The request cannot be understood" },
  unauthenticated: { status: 401, title: "Authentication is needed" },
  invalid_credentials: { status: 401, title: "The credentials are wrong" },
  invalid_signature: { status: 401, title: "The signature is wrong" },
  quota_exceeded: { status: 402, title: "The plan is used up" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Conflict" },
  not_ready: { status: 409, title: "Not there yet" },
  gone: { status: 410, title: "Not to be had any more" },
  precondition_failed: { status: 412, title: "Changed in the meantime" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  range_not_satisfiable: { status: 416, title: "There are no such bytes" },
  idempotency_mismatch: { status: 422, title: "The idempotency key was used for another request" },
  rate_limited: { status: 429, title: "Too many requests" },
  too_many_attempts: { status: 429, title: "Too many attempts to sign in" },
  internal_error: { status: 500, title: "Internal error" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
};

/** How an error looks on the wire (RFC 9457). */
export const problemJson = z
  .object({
    type: z.string().meta({ example: "urn:parley:problem:not_found" }),
    title: z.string().meta({ description: "What kind of error this is, for people.", example: "Not found" }),
    status: z.int().meta({ description: "That of the answer.", example: 404 }),
    detail: z
      .string()
      .meta({ description: "What is wrong this time, and what to do.", example: "There is no such team." }),
    // Object.keys forgets which keys it has.
    code: z.enum(Object.keys(PROBLEMS) as ProblemCode[]).meta({ description: "Stable, for programs." }),
    requestId: z.string().meta({ description: "The answer's X-Request-Id.", example: EXAMPLE_REQUEST_ID }),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ example: "limit" }),
          message: z.string().meta({ example: "is not valid" }),
        }),
      )
      .optional()
      .meta({ description: "Which fields are wrong, with validation_failed; the first 20 of them." }),
    current: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({
        description: "What was to be changed, as it is now, with precondition_failed.",
        example: { version: 4 },
      }),
  })
  .meta({ id: "Problem", description: "An error, as RFC 9457 has it." });

export type ProblemJson = z.infer<typeof problemJson>;

export interface Problem {
  code: ProblemCode;
  detail: string;
  fields?: FieldError[];
  /** What was to be changed, as it is now. */
  current?: object | undefined;
  /** Sent as `Retry-After`. */
  retryAfterSeconds?: number | undefined;
  /** Where the code allows for more than one. */
  status?: number;
}

export function statusOf(code: ProblemCode): number {
  return PROBLEMS[code].status;
}

export function toProblemJson(problem: Problem, requestId: string): ProblemJson {
  const { code, detail, fields = [], current } = problem;
  const { status, title } = PROBLEMS[code];
  return {
    type: `urn:parley:problem:${code}`,
    title,
    status: problem.status ?? status,
    detail,
    code,
    requestId,
    ...(current ? { current: { ...current } } : {}),
    ...(fields.length > 0 ? { errors: fields.map(({ path, message }) => ({ path, message })) } : {}),
  };
}
