import { DomainError } from "@parley/runtime";

/** What stands in the place of an answer that was about a person who is erased. */
export const ERASED_ANSWER = { erased: true } as const;

/** Refuses as `idempotency_mismatch` to give such an answer again, and so to do again what was done. */
export function assertNotErased(answer: unknown): void {
  const isErased =
    typeof answer === "object" && answer !== null && "erased" in answer && Object.keys(answer).length === 1;
  if (!isErased) return;
  throw new DomainError(
    "idempotency_mismatch",
    "What was answered under this Idempotency-Key is erased, because it was about a person who was; use another key.",
  );
}
