import type { IdentifierType } from "@parley/db";
import { DomainError, type FieldError } from "@parley/runtime";
import type { HeldIdentifier } from "./contact-row.ts";
import type { Identifier } from "./identifier.ts";
import { readIdentifier } from "./read-identifier.ts";

export const MAX_CONTACT_IDENTIFIERS = 100;

/** What a request says of a contact's identifiers. */
export interface GivenIdentifiers {
  email?: string | null | undefined;
  phone?: string | null | undefined;
  identifiers?: readonly { type: IdentifierType; value: string; isPrimary?: boolean | undefined }[] | undefined;
}

/**
 * The contact's identifiers after what is given, each once, with one primary of each type. `email` and `phone` go first
 * among theirs. Refuses as `validation_failed` what has no form in which it could be stored, and two primary ones.
 */
export function identifiersAfter(
  before: readonly HeldIdentifier[],
  given: GivenIdentifiers,
  country: string | null,
): HeldIdentifier[] {
  const wrong: FieldError[] = [];
  const read = (type: IdentifierType, value: string, path: string): Identifier | undefined => {
    const result = readIdentifier({ type, value }, country);
    if ("identifier" in result) return result.identifier;
    wrong.push({ path, message: result.message });
    return undefined;
  };

  let after: readonly HeldIdentifier[] = before;
  if (given.identifiers) {
    after = given.identifiers.flatMap(({ type, value, isPrimary = false }, index) => {
      const identifier = read(type, value, `identifiers.${index}.value`);
      return identifier ? [{ ...identifier, isPrimary }] : [];
    });
    wrong.push(...severalPrimary(given.identifiers));
  }
  const first = { email: "EMAIL", phone: "PHONE" } as const;
  for (const path of ["email", "phone"] as const) {
    const type = first[path];
    const value = given[path];
    if (value === null) after = after.filter((identifier) => identifier.type !== type);
    const identifier = typeof value === "string" ? read(type, value, path) : undefined;
    if (identifier) after = [{ ...identifier, isPrimary: true }, ...after.map((each) => withoutPrimary(each, type))];
  }
  if (wrong.length > 0) {
    throw new DomainError("validation_failed", "Correct what is named in errors and send the request again.", {
      fields: wrong,
    });
  }
  if (after.length > Math.max(MAX_CONTACT_IDENTIFIERS, before.length)) {
    throw new DomainError(
      "conflict",
      `A contact has at most ${MAX_CONTACT_IDENTIFIERS} identifiers; take some away first.`,
    );
  }
  return onePrimaryEach(after);
}

/** A text that names an identifier within a contact. */
export function keyOf({ type, value }: Identifier): string {
  return `${type} ${value}`;
}

function severalPrimary(given: NonNullable<GivenIdentifiers["identifiers"]>): FieldError[] {
  const primary = given.flatMap(({ type, isPrimary }, index) => (isPrimary ? [{ type, index }] : []));
  return primary
    .filter(({ type, index }) => primary.some((other) => other.type === type && other.index < index))
    .map(({ index }) => ({
      path: `identifiers.${index}.isPrimary`,
      message: "must be true for one identifier of each type only",
    }));
}

function withoutPrimary(identifier: HeldIdentifier, type: IdentifierType): HeldIdentifier {
  return identifier.type === type ? { ...identifier, isPrimary: false } : identifier;
}

function onePrimaryEach(all: readonly HeldIdentifier[]): HeldIdentifier[] {
  const distinct = new Map<string, HeldIdentifier>();
  for (const identifier of all) {
    const isPrimary = identifier.isPrimary || distinct.get(keyOf(identifier))?.isPrimary === true;
    distinct.set(keyOf(identifier), { ...identifier, isPrimary });
  }
  const after = [...distinct.values()];
  return after.map((identifier, index) => {
    const ofType = after.filter(({ type }) => type === identifier.type);
    if (ofType.some(({ isPrimary }) => isPrimary)) return identifier;
    return { ...identifier, isPrimary: after.findIndex(({ type }) => type === identifier.type) === index };
  });
}
