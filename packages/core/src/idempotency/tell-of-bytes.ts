import { createHash } from "node:crypto";
import type { IdempotencyClaim } from "../context/index.ts";

/** Makes the hash of bytes that arrived besides the body a part of what was asked for; to be called before `once`. */
export function tellOfBytes(claim: IdempotencyClaim, digest: Uint8Array): void {
  claim.requestHash = Uint8Array.from(createHash("sha256").update(claim.requestHash).update(digest).digest());
}
