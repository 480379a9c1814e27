import { EXAMPLE_REQUEST_ID, type ProblemCode } from "../http/problem.ts";
import type { Parameter, Ref } from "./document.ts";

const integer = (description: string, example: number) => ({ description, schema: { type: "integer" }, example });

/** Headers of answers, for `#/components/headers`. */
export const HEADERS = {
  "X-Request-Id": {
    description: "Of this request: the one that was sent, or a new one. Log lines and the audit log carry it.",
    schema: { type: "string" },
    example: EXAMPLE_REQUEST_ID,
  },
  "Idempotency-Replayed": {
    description: "Present when the answer was given before, under the same Idempotency-Key.",
    schema: { type: "string", const: "true" },
    example: "true",
  },
  ETag: {
    description: "The version of what is answered, for `If-Match`; of a file its hash, for `If-None-Match`.",
    schema: { type: "string" },
    example: '"3"',
  },
  "Accept-Ranges": {
    description: "That a part of the file can be asked for.",
    schema: { type: "string", const: "bytes" },
    example: "bytes",
  },
  "Content-Disposition": {
    description: "Whether the file is one to be shown, and under which name to save it.",
    schema: { type: "string" },
    example: 'inline; filename="parcel.jpg"',
  },
  "Content-Range": {
    description: "Which part of the file this is, if one was asked for.",
    schema: { type: "string" },
    example: "bytes 0-65535/1048576",
  },
  "RateLimit-Limit": integer("Requests a minute, by the limit that binds most.", 300),
  "RateLimit-Remaining": integer("How many more are let in now.", 299),
  "RateLimit-Reset": integer(
    "Seconds until the next request is let in, or, while any are left, until the minute ends.",
    60,
  ),
  "Retry-After": integer("Seconds after which to try again.", 12),
  "WWW-Authenticate": {
    description: "Present when an access token was missing or is not valid any more.",
    schema: { type: "string", const: "Bearer" },
    example: "Bearer",
  },
};

type HeaderName = keyof typeof HEADERS;

const LIMITS = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"] as const;

/** Headers of requests, for `#/components/parameters`. */
export const PARAMETERS = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description:
      "Makes the request take effect once: sent again with the same key and the same body, it is answered as the first time, with `Idempotency-Replayed: true`. A key is yours alone, or that of the e-mail, the link or the session that the request is about, and remembered for a week; outside a company, as at signing in, for a day.",
    schema: { type: "string", minLength: 1, maxLength: 255 },
    example: "order-4711-confirmation",
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    description: "The `ETag` of what is to be changed: refused with 412 if somebody has changed it since.",
    schema: { type: "string", maxLength: 20 },
    example: '"3"',
  },
  Range: {
    name: "Range",
    in: "header",
    description: "The part of the file that is wanted, as one range of bytes. Several are answered with the whole.",
    schema: { type: "string", maxLength: 100 },
    example: "bytes=0-65535",
  },
  IfRange: {
    name: "If-Range",
    in: "header",
    description: "The `ETag` of the file of which a part is wanted: if it is another one by now, all of it comes.",
    schema: { type: "string", maxLength: 100 },
    example: '"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"',
  },
  IfNoneMatch: {
    name: "If-None-Match",
    in: "header",
    description: "The `ETag` of the file that you have: if it is the same, none comes (304).",
    schema: { type: "string", maxLength: 1_000 },
    example: '"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"',
  },
  TenantId: {
    name: "X-Tenant-Id",
    in: "header",
    description: "For a SUPER_ADMIN: the company to work in. Others work in that of their session or API key.",
    schema: { type: "string", format: "uuid" },
    example: "019c1234-5678-7abc-8def-0123456789ab",
  },
  RequestId: {
    name: "X-Request-Id",
    in: "header",
    description: "Comes back with the answer. Letters, digits, `.`, `_` and `-`; anything else is replaced.",
    schema: { type: "string", maxLength: 100, pattern: "^[\\w.-]{1,100}$" },
    example: EXAMPLE_REQUEST_ID,
  },
} satisfies Record<string, Parameter>;

export function parameterRef(name: keyof typeof PARAMETERS): Ref {
  return { $ref: `#/components/parameters/${name}` };
}

/** Of an answer with 2xx. */
export function headersOfAnswer(route: {
  isOfApi: boolean;
  isIdempotent: boolean;
  isVersioned: boolean;
  isFile: boolean;
}): Record<string, Ref> {
  return refs([
    "X-Request-Id",
    ...(route.isVersioned ? (["ETag"] as const) : []),
    ...(route.isFile ? (["ETag", "Accept-Ranges", "Content-Disposition", "Content-Range"] as const) : []),
    ...(route.isIdempotent ? (["Idempotency-Replayed"] as const) : []),
    ...(route.isOfApi ? LIMITS : []),
  ]);
}

/** What is refused for who asks is refused before it is counted. */
export function headersOfRefusal(codes: readonly ProblemCode[]): Record<string, Ref> {
  return refs([
    "X-Request-Id",
    ...(codes.includes("unauthenticated") ? (["WWW-Authenticate"] as const) : []),
    ...(codes.some((code) => RETRIED.has(code)) ? (["Retry-After"] as const) : []),
    ...(codes.some((code) => COUNTED.has(code)) ? LIMITS : []),
  ]);
}

const RETRIED = new Set<ProblemCode>(["rate_limited", "too_many_attempts", "unavailable", "not_ready"]);
const COUNTED = new Set<ProblemCode>(["rate_limited", "too_many_attempts"]);

function refs(names: readonly HeaderName[]): Record<string, Ref> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
