/** What somebody searches for is to be found as it stands, whatever LIKE makes of `%` and `_`. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}

/** Prisma passes the wildcards of LIKE on as they are. */
export function containsText(text: string): { contains: string; mode: "insensitive" } {
  return { contains: escapeLike(text), mode: "insensitive" };
}

/** The same for how a text begins. */
export function beginsWith(text: string): { startsWith: string; mode: "insensitive" } {
  return { startsWith: escapeLike(text), mode: "insensitive" };
}

/** What a text may be in the value of an identifier: a number is also found when it is written with spaces and the like. */
export function asIdentifierText(text: string): string[] {
  const digits = /^[+\d\s()./-]+$/.test(text) ? text.replace(/\D/g, "") : "";
  return digits !== "" && digits !== text ? [text, digits] : [text];
}

/** How contacts are searched for: in their names and in the values of their identifiers. */
export function contactMatches(text: string) {
  const values = asIdentifierText(text);
  return {
    OR: [
      { name: containsText(text) },
      ...values.map((value) => ({ identifiers: { some: { value: containsText(value) } } })),
    ],
  };
}
