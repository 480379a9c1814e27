import { DomainError, keyedHash, matchesKeyedHash, type Keyring } from "@parley/runtime";
import type { IdempotencyClaim } from "../context/index.ts";

const PURPOSE = "idempotency-request";

/** What is stored of a request. Bodies hold passwords, and a bare hash would let whoever reads it try guesses. */
export function hashRequest(keyring: Keyring, claim: IdempotencyClaim): Uint8Array<ArrayBuffer> {
  return keyedHash(keyring, PURPOSE, claim.requestHash);
}

/** Refuses as `idempotency_mismatch` a request that is not the one that was stored. */
export function assertSameRequest(keyring: Keyring, claim: IdempotencyClaim, stored: Uint8Array): void {
  if (matchesKeyedHash(keyring, PURPOSE, claim.requestHash, stored)) return;
  throw new DomainError(
    "idempotency_mismatch",
    "This Idempotency-Key was used for another request; use a new key for each request.",
  );
}
