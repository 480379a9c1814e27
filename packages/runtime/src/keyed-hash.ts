import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { keyOf, type Keyring } from "./secrets.ts";

const HASH_BYTES = 32;

/**
 * A hash for what can be guessed, such as a request with a password in it: without the key nobody can try guesses
 * against it. HMAC-SHA-256 under a key of its own for each `purpose`, after the id of the key that it comes from: `id.` and
 * 32 bytes.
 */
export function keyedHash(keyring: Keyring, purpose: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const { primaryId } = keyring;
  return new Uint8Array(Buffer.concat([Buffer.from(`${primaryId}.`), hmac(keyring, primaryId, purpose, content)]));
}

/** Whether `hash` is that of `content`, by whichever key it was made. By one that is gone it is that of nothing. */
export function matchesKeyedHash(keyring: Keyring, purpose: string, content: Uint8Array, hash: Uint8Array): boolean {
  const head = Buffer.from(hash.subarray(0, Math.max(0, hash.length - HASH_BYTES))).toString("latin1");
  const id = head.slice(0, -1);
  if (!head.endsWith(".") || !keyring.keys.has(id)) return false;
  return timingSafeEqual(hmac(keyring, id, purpose, content), hash.subarray(head.length));
}

function hmac(keyring: Keyring, id: string, purpose: string, content: Uint8Array): Buffer {
  // The ring's own keys encrypt, and a key serves one algorithm.
  const key = Buffer.from(hkdfSync("sha256", keyOf(keyring, id), "", purpose, HASH_BYTES));
  return createHmac("sha256", key).update(content).digest();
}
