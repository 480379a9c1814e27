import { createHash } from "node:crypto";
import { DomainError } from "@parley/runtime";
import type { IdempotencyClaim } from "../context/index.ts";

const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** What a client asks for under `key`. `body` is the parsed one, so that spaces in the JSON make no difference. */
export function claimKey(key: string, request: { method: string; path: string; body: unknown }): IdempotencyClaim {
  if (!KEY.test(key)) {
    const message = "must be 1 to 255 printable ASCII characters";
    throw new DomainError("validation_failed", `The Idempotency-Key ${message}.`, {
      fields: [{ path: "Idempotency-Key", message }],
    });
  }
  const text = JSON.stringify([request.method, request.path, request.body ?? null]);
  const requestHash = Uint8Array.from(createHash("sha256").update(text).digest());
  return { key, requestHash, replayed: false };
}
