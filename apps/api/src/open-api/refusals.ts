import { EXAMPLE_REQUEST_ID, statusOf, toProblemJson, type Problem, type ProblemCode } from "../http/problem.ts";
import { schemaRef, type Answer, type Media, type Ref } from "./document.ts";
import { headersOfRefusal } from "./shared-parts.ts";

/**
 * What a route may answer instead, by code, with the reason. It names only what is its own: what follows from its access, its
 * input and its limits is added.
 */
export type Refusals = Partial<Record<ProblemCode, string>>;

declare module "fastify" {
  interface FastifySchema {
    refusals?: Refusals;
  }
}

/** Those that many routes share. */
const SHARED = {
  validation_failed: "Correct what is named in errors and send the request again.",
  invalid_json: "The body is not acceptable JSON.",
  unauthenticated: "Send a valid access token or API key: sign in, or refresh the session.",
  forbidden: "This needs the role admin or above; ask an administrator of your company.",
  not_found: "There is nothing with this id, or it is another company's.",
  precondition_failed:
    "It was changed in the meantime, to what stands in current; repeat the change on top of that if it is still right.",
  payload_too_large: "Request body is too large",
  unsupported_media_type: "Unsupported Media Type",
  idempotency_mismatch: "This Idempotency-Key was used for another request; use a new key for each request.",
  rate_limited: "More than 300 requests a minute of yours; try again in 12 s.",
  internal_error: "Something went wrong here; the request id helps to find it.",
  unavailable: "The database is out of reach; try again shortly.",
} as const satisfies Refusals;

type SharedCode = keyof typeof SHARED;

const isShared = (code: ProblemCode): code is SharedCode => Object.hasOwn(SHARED, code);

/** What a route of the API can be refused for whatever it does. */
export function generalRefusals(route: {
  isPublic: boolean;
  hasBody: boolean;
  isIdempotent: boolean;
  isConditional: boolean;
}): readonly SharedCode[] {
  return [
    "validation_failed",
    ...(route.hasBody ? (["invalid_json", "payload_too_large", "unsupported_media_type"] as const) : []),
    // With X-Tenant-Id any of them may be forbidden, or name a company that there is not.
    ...(route.isPublic ? [] : (["unauthenticated", "forbidden", "not_found"] as const)),
    ...(route.isIdempotent ? (["idempotency_mismatch"] as const) : []),
    ...(route.isConditional ? (["precondition_failed"] as const) : []),
    "rate_limited",
    "internal_error",
    "unavailable",
  ];
}

/** The responses of a route by status: references to shared ones, unless a status has more to say. */
export function refusalResponses(general: readonly SharedCode[], own: Refusals): Record<string, Answer | Ref> {
  const codes = new Set<ProblemCode>([...general, ...(Object.keys(own) as ProblemCode[])]);
  const responses: Record<string, Answer | Ref> = {};
  for (const [status, those] of Map.groupBy(codes, statusOf)) {
    const [code, ...others] = those;
    const isPlain = code !== undefined && others.length === 0 && isShared(code) && own[code] === undefined;
    responses[status] = isPlain
      ? { $ref: `#/components/responses/${componentName(code)}` }
      : refusal(those.map((each) => ({ code: each, detail: own[each] ?? (isShared(each) ? SHARED[each] : "") })));
  }
  return responses;
}

/** For `#/components/responses`. */
export function sharedRefusals(): Record<string, Answer> {
  const codes = Object.keys(SHARED) as SharedCode[];
  return Object.fromEntries(codes.map((code) => [componentName(code), refusal([{ code, detail: SHARED[code] }])]));
}

function refusal(problems: readonly Problem[]): Answer {
  const examples: NonNullable<Media["examples"]> = {};
  for (const { code, detail } of problems) {
    const fields = code === "validation_failed" ? [{ path: "name", message: "is not valid" }] : [];
    examples[code] = { value: toProblemJson({ code, detail, fields }, EXAMPLE_REQUEST_ID) };
  }
  return {
    description: problems.map(({ code, detail }) => `\`${code}\`: ${detail}`).join("\n\n"),
    headers: headersOfRefusal(problems.map(({ code }) => code)),
    content: { "application/problem+json": { schema: schemaRef("Problem"), examples } },
  };
}

function componentName(code: SharedCode): string {
  return code.replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
