import { DomainError } from "@parley/runtime";

/** One and the same for everything that can be the matter with a token, so that nobody learns more by trying. */
export function linkIsVoid(): DomainError {
  const message = "is not good any more: it was used, revoked, or has expired";
  return new DomainError("validation_failed", `The invitation's link ${message}; ask to be invited again.`, {
    fields: [{ path: "token", message }],
  });
}
