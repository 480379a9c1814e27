import { decryptSecret, encryptSecret, type Keyring, type SecretBinding } from "@parley/runtime";

interface KeyRow {
  ownerHash: Uint8Array;
  key: string;
}

/** The envelope that is stored; bound to its row, so that nobody is given another's answer. */
export function sealAnswer(keyring: Keyring, row: KeyRow, answer: unknown): string {
  return encryptSecret(keyring, bindingOf(row), JSON.stringify(answer));
}

/** Throws when the key is gone, or the envelope was altered or moved. */
export function openAnswer(keyring: Keyring, row: KeyRow, sealed: string): unknown {
  return JSON.parse(decryptSecret(keyring, bindingOf(row), sealed));
}

function bindingOf({ ownerHash, key }: KeyRow): SecretBinding {
  const recordId = `${Buffer.from(ownerHash).toString("hex")} ${key}`;
  return { tenantId: null, recordId, field: "platform_idempotency_key.sealed_answer" };
}
