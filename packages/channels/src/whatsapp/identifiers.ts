import type { Identifier } from "../channel.ts";

const PHONE_DIGITS = /^\+?(\d{3,20})$/;

/** A WhatsApp number as the database has it (`+` and digits). Undefined when `value` is absent or not a number. */
export function phoneIdentifier(value: string | undefined): Identifier | undefined {
  const digits = value === undefined ? undefined : PHONE_DIGITS.exec(value)?.[1];
  return digits === undefined ? undefined : { type: "WHATSAPP", value: `+${digits}` };
}

/** A business-scoped user id (`US.1349…`): what a user who hides the phone is known by. */
export function userIdentifier(value: string | undefined): Identifier | undefined {
  return value === undefined ? undefined : { type: "WHATSAPP_BSUID", value };
}

/** The identifiers that are there, each once, in the order given. */
export function distinctIdentifiers(candidates: readonly (Identifier | undefined)[]): Identifier[] {
  const distinct: Identifier[] = [];
  for (const candidate of candidates) {
    if (candidate !== undefined && !includesIdentifier(distinct, candidate)) distinct.push(candidate);
  }
  return distinct;
}

export function includesIdentifier(identifiers: readonly Identifier[], wanted: Identifier): boolean {
  return identifiers.some(({ type, value }) => type === wanted.type && value === wanted.value);
}
