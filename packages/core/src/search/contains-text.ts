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
