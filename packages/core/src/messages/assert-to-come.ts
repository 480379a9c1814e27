import { DomainError } from "@parley/runtime";

const YEAR_MS = 366 * 24 * 3_600_000;

/** Refuses as `validation_failed` a `sendAt` that is over, or further away than a year. */
export function assertToCome(sendAt: Date, now: Date): void {
  const distance = sendAt.getTime() - now.getTime();
  if (distance > 0 && distance <= YEAR_MS) return;
  const message = distance > 0 ? "must be within a year" : "must be in the future";
  throw new DomainError("validation_failed", `sendAt ${message}.`, { fields: [{ path: "sendAt", message }] });
}
