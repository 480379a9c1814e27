import { decryptSecret, encryptSecret, type Keyring, type SecretBinding } from "@parley/runtime";

/** Where a chunk stands: moved to another place it cannot be opened. */
export interface ChunkPlace {
  tenantId: string;
  exportId: string;
  position: number;
}

export function sealChunk(keyring: Keyring, place: ChunkPlace, bytes: Uint8Array): string {
  return encryptSecret(keyring, bindingOf(place), Buffer.from(bytes).toString("base64"));
}

/** The inverse of `sealChunk`. */
export function openChunk(keyring: Keyring, place: ChunkPlace, sealed: string): Buffer {
  return Buffer.from(decryptSecret(keyring, bindingOf(place), sealed), "base64");
}

function bindingOf({ tenantId, exportId, position }: ChunkPlace): SecretBinding {
  return { tenantId, recordId: `${exportId}/${position}`, field: "data_export_chunk.sealed" };
}
