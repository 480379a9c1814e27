import { DomainError, type FieldError } from "@parley/runtime";
import type { AiSettings } from "./ai-settings.ts";

/** Refuses as `validation_failed` settings that do not fit together. */
export function assertFitTogether(settings: AiSettings): void {
  const { provider, baseUrl, model, sealedApiKey, understanding, debounceSeconds, longestBurstSeconds } = settings;
  const faults: FieldError[] = [];
  if (provider !== null && model === null) faults.push({ path: "model", message: "must be named with a provider" });
  // Servers of one's own may do without.
  if (provider !== null && baseUrl === null && sealedApiKey === null) {
    faults.push({ path: "apiKey", message: "must be given for the provider's own server" });
  }
  if (understanding === "MODEL" && provider === null) {
    faults.push({ path: "understanding", message: "cannot be model without a provider" });
  }
  // What costs nothing uses no budget up: it would never bind.
  if (provider !== null && settings.monthlyBudgetMicros !== null) {
    for (const path of ["inputPrice", "outputPrice"] as const) {
      if (settings[`${path}Micros`] === 0n) faults.push({ path, message: "must be more than 0 with a monthlyBudget" });
    }
  }
  if (longestBurstSeconds < debounceSeconds) {
    faults.push({ path: "longestBurstSeconds", message: "must not be less than debounceSeconds" });
  }
  if (faults.length > 0) throw invalidSettings(faults);
}

type Place = Pick<AiSettings, "provider" | "baseUrl">;

/**
 * Refuses as `validation_failed` to send a key to another place than the one that it was given for: whoever may change
 * settings may not read the key, and could otherwise have it sent to a server of their own. `apiKey` is what is given now.
 */
export function assertKeyStays(
  before: Place & Pick<AiSettings, "sealedApiKey">,
  after: Place,
  apiKey: string | null | undefined,
): void {
  const isElsewhere = after.provider !== before.provider || originOf(after.baseUrl) !== originOf(before.baseUrl);
  if (before.sealedApiKey === null || apiKey !== undefined || !isElsewhere) return;
  const message = "must be given again, or as null: it would be sent to another server than the one it was given for";
  throw invalidSettings([{ path: "apiKey", message }]);
}

export function invalidSettings(fields: FieldError[], cause?: unknown): DomainError {
  return new DomainError("validation_failed", "Correct what is named in errors and send the request again.", {
    fields,
    cause,
  });
}

function originOf(url: string | null): string {
  return url === null ? "" : new URL(url).origin;
}
