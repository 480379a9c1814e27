/** Prisma passes `%` and `_` on as wildcards of LIKE; what somebody searches for is to be found as it stands. */
export function containsText(text: string): { contains: string; mode: "insensitive" } {
  return { contains: text.replace(/[\\%_]/g, (character) => `\\${character}`), mode: "insensitive" };
}

/**
 * How contacts are searched for: in their names and in the values of their identifiers. A number is also found
 * when it is written with spaces and the like.
 */
export function contactMatches(text: string) {
  const digits = /^[+\d\s()./-]+$/.test(text) ? text.replace(/\D/g, "") : "";
  const values = digits !== "" && digits !== text ? [text, digits] : [text];
  return {
    OR: [
      { name: containsText(text) },
      ...values.map((value) => ({ identifiers: { some: { value: containsText(value) } } })),
    ],
  };
}
