import { decryptSecret, encryptSecret, type Keyring, type SecretBinding } from "@parley/runtime";
import { z } from "zod";

/** By what a person is found in texts that no id connects with them. */
const personTraces = z.object({ identifiers: z.array(z.string()) });
export type PersonTraces = z.infer<typeof personTraces>;

const undoneMerge = z.object({ identifiers: z.array(z.object({ value: z.string() })) });

/** From what a person is known by, and what the merges of them would have put back. */
export function tracesOf(identifiers: readonly { value: string }[], undos: readonly unknown[]): PersonTraces {
  const before = undos.flatMap((undo) => undoneMerge.safeParse(undo).data?.identifiers ?? []);
  return { identifiers: [...new Set([...identifiers, ...before].map(({ value }) => value))] };
}

interface TracesKey {
  tenantId: string;
  erasureId: string;
}

export function sealTraces(keyring: Keyring, key: TracesKey, traces: PersonTraces): string {
  return encryptSecret(keyring, bindingOf(key), JSON.stringify(traces));
}

/** The inverse of `sealTraces`. */
export function openTraces(keyring: Keyring, key: TracesKey, sealed: string): PersonTraces {
  return personTraces.parse(JSON.parse(decryptSecret(keyring, bindingOf(key), sealed)));
}

function bindingOf({ tenantId, erasureId }: TracesKey): SecretBinding {
  return { tenantId, recordId: erasureId, field: "contact_erasure.sealed_traces" };
}
