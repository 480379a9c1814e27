import { DomainError } from "@parley/runtime";

/** Refuses as `precondition_failed` when somebody changed it since; the error holds it as it is now. */
export function assertVersion(current: { version: number }, expected: number | undefined): void {
  if (expected === undefined || expected === current.version) return;
  throw new DomainError(
    "precondition_failed",
    "It was changed in the meantime, to what stands in current; repeat the change on top of that if it is still right.",
    { current },
  );
}
