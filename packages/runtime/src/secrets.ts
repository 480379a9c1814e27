import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Encryption keys by id. The first encrypts; all of them decrypt, so that keys can be rotated while serving. */
export interface Keyring {
  primaryId: string;
  keys: ReadonlyMap<string, Buffer>;
}

/** What a ciphertext is bound to: moved to another tenant, row or field it no longer decrypts. */
export interface SecretBinding {
  /** Null: the row belongs to no tenant. */
  tenantId: string | null;
  recordId: string;
  field: string;
}

const VERSION = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Parses `id:base64key[,id:base64key…]` (32-byte keys). Throws a sentence that names the faulty part. */
export function parseKeyring(text: string): Keyring {
  const keys = new Map<string, Buffer>();
  for (const part of text.split(",")) {
    const separator = part.indexOf(":");
    const id = part.slice(0, Math.max(separator, 0)).trim();
    const key = Buffer.from(part.slice(separator + 1).trim(), "base64");
    if (!/^[\w-]{1,32}$/.test(id)) throw new Error("each encryption key needs an id: id:base64key");
    if (key.length !== 32) throw new Error(`encryption key "${id}" must be 32 bytes in base64, it has ${key.length}`);
    if (keys.has(id)) throw new Error(`encryption key id "${id}" is given twice`);
    keys.set(id, key);
  }
  const [primaryId] = keys.keys();
  if (primaryId === undefined) throw new Error("at least one encryption key is needed");
  return { primaryId, keys };
}

/** AES-256-GCM with a random 96-bit nonce: `v1.keyId.nonce.ciphertext+tag`. */
export function encryptSecret(keyring: Keyring, binding: SecretBinding, plaintext: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(keyring, keyring.primaryId), nonce);
  cipher.setAAD(additionalData(binding));
  const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [VERSION, keyring.primaryId, nonce.toString("base64url"), sealed.toString("base64url")].join(".");
}

/** The inverse of `encryptSecret`. Throws when the key is unknown, or the text was altered or moved. */
export function decryptSecret(keyring: Keyring, binding: SecretBinding, envelope: string): string {
  const [version, keyId, nonce, sealed] = envelope.split(".");
  if (version !== VERSION || !keyId || !nonce || !sealed) throw new Error("not an encrypted secret");
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", keyOf(keyring, keyId), Buffer.from(nonce, "base64url"), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additionalData(binding));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
}

/** Throws when the key is not in the ring. */
export function keyOf(keyring: Keyring, id: string): Buffer {
  const key = keyring.keys.get(id);
  if (!key) throw new Error(`encryption key "${id}" is not in ENCRYPTION_KEYS`);
  return key;
}

function additionalData(binding: SecretBinding): Buffer {
  return Buffer.from(JSON.stringify([binding.tenantId, binding.recordId, binding.field]));
}
