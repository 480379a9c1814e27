import { createHash, randomBytes } from "node:crypto";

/** Hexadecimal, two characters a byte. */
const PREFIX_BYTES = 5;
const SECRET_BYTES = 32;

const KEY = /^pk_[0-9a-f]{10}_[\w-]{43}$/;

/** A key that nobody has yet: `pk_`, ten characters by which people tell keys apart, `_` and 256 random bits. */
export function newKey(): { key: string; prefix: string } {
  const prefix = `pk_${randomBytes(PREFIX_BYTES).toString("hex")}`;
  return { key: `${prefix}_${randomBytes(SECRET_BYTES).toString("base64url")}`, prefix };
}

/** Whether `text` can be a key at all. */
export function looksLikeKey(text: string): boolean {
  return KEY.test(text);
}

/** Only this is stored. A key is as random as its hash, so nobody guesses it and it needs no slow hash. */
export function hashKey(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(key).digest());
}
