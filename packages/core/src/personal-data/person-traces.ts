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

/** The last digits of a number, by which it is known however it is written. */
const NATIONAL_DIGITS = 9;

/** What of the traces is looked for in a text without its signs, and what in it as it is, in lower case. */
export function needlesOf({ identifiers }: PersonTraces): { words: string[]; digits: string[] } {
  const numbers = identifiers.filter((value) => /^\+\d{9,}$/.test(value));
  const others = identifiers.filter((value) => !numbers.includes(value));
  return {
    words: others.map((value) => value.toLowerCase()),
    digits: numbers.map((value) => value.slice(-NATIONAL_DIGITS)),
  };
}

/** Whether a text that people or programs wrote speaks of the person. */
export function speaksOf(text: string, { words, digits }: ReturnType<typeof needlesOf>): boolean {
  const lower = text.toLowerCase();
  if (words.some((word) => lower.includes(word))) return true;
  const bare = text.replaceAll(/[\s()./-]+/g, "");
  return digits.some((number) => bare.includes(number));
}
