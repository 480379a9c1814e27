import { isDatabaseAway, isUnstorableText } from "@parley/core/health";
import { DomainError } from "@parley/runtime";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import type { Problem, ProblemCode } from "./problem.ts";
import { validationFields } from "./validation-fields.ts";

const FASTIFY_CODES: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "payload_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_INVALID_JSON_BODY: "invalid_json",
  FST_ERR_HANDLER_TIMEOUT: "unavailable",
};

/** What the caller is told of whatever was thrown. Of what we did not foresee: nothing but the request's id. */
export function toProblem(error: unknown): Problem {
  if (error instanceof DomainError) {
    const { code, message: detail, fields, retryAfterSeconds, current } = error;
    return { code, detail, fields, retryAfterSeconds, current };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const { fields, more } = validationFields(error.validation);
    const others = more === 0 ? "" : ` Of what is wrong, ${more} more is not named.`;
    return {
      code: "validation_failed",
      detail: `Correct what is named in errors and send the request again.${others}`,
      fields,
    };
  }
  if (isDatabaseAway(error)) return { code: "unavailable", detail: "The database is out of reach; try again shortly." };
  if (isUnstorableText(error))
    return { code: "validation_failed", detail: "Texts must not contain the character U+0000." };
  return (
    fromFastify(error) ?? {
      code: "internal_error",
      detail: "Something went wrong here; the request id helps to find it.",
    }
  );
}

function fromFastify(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number") return undefined;
  const code = "code" in error ? error.code : undefined;
  // Its message repeats the address, however long.
  if (code === "FST_ERR_MAX_PARAM_LENGTH") {
    return { code: "bad_request", detail: "A part of the address is longer than any id; check it." };
  }
  const known = typeof code === "string" ? FASTIFY_CODES[code] : undefined;
  if (known) return { code: known, detail: error.message };
  // secure-json-parse, of a body that tries to reach a prototype.
  if (error instanceof SyntaxError) return { code: "invalid_json", detail: "The body is not acceptable JSON." };
  if (error.statusCode < 400 || error.statusCode >= 500) return undefined;
  return { code: "bad_request", status: error.statusCode, detail: error.message };
}
