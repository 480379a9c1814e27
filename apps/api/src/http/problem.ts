import type { DomainErrorCode, FieldError } from "@parley/runtime";
import { z } from "zod";

/** How an error looks on the wire (RFC 9457). */
export const problemJson = z
  .object({
    type: z.string().meta({ example: "urn:parley:problem:not_found" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: "Stable, for programs.", example: "not_found" }),
    requestId: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "Which fields are wrong, with validation_failed." }),
  })
  .meta({ id: "Problem", description: "An error, as RFC 9457 has it." });

export type ProblemJson = z.infer<typeof problemJson>;

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
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Conflict" },
  precondition_failed: { status: 412, title: "Changed in the meantime" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  idempotency_mismatch: { status: 422, title: "The idempotency key was used for another request" },
  rate_limited: { status: 429, title: "Too many requests" },
  too_many_attempts: { status: 429, title: "Too many attempts to sign in" },
  internal_error: { status: 500, title: "Internal error" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
};

export interface Problem {
  code: ProblemCode;
  detail: string;
  fields?: FieldError[];
  /** Sent as `Retry-After`. */
  retryAfterSeconds?: number | undefined;
  /** Where the code allows for more than one. */
  status?: number;
}

export function toProblemJson(problem: Problem, requestId: string): ProblemJson {
  const { code, detail, fields = [] } = problem;
  const { status, title } = PROBLEMS[code];
  return {
    type: `urn:parley:problem:${code}`,
    title,
    status: problem.status ?? status,
    detail,
    code,
    requestId,
    ...(fields.length > 0 ? { errors: fields.map(({ path, message }) => ({ path, message })) } : {}),
  };
}
