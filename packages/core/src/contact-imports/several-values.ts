const SEPARATORS = /[,;|\n]/;
const NEEDS_CARE = /[,;|\n"]|^\s|\s$|^\[/;

/** Several values in one cell: "a, b" where that can be told apart again, and else JSON. */
export function joinValues(values: readonly string[]): string {
  return values.some((value) => value === "" || NEEDS_CARE.test(value)) ? JSON.stringify(values) : values.join(", ");
}

/** The values of a cell: those of a JSON array, or what stands between commas, semicolons, bars or line ends. */
export function splitValues(cell: string): string[] {
  return asArray(cell) ?? cell.split(SEPARATORS).flatMap((part) => part.trim() || []);
}

function asArray(cell: string): string[] | undefined {
  if (!cell.startsWith("[")) return undefined;
  try {
    const parsed: unknown = JSON.parse(cell);
    return Array.isArray(parsed) ? parsed.filter((value) => typeof value === "string") : undefined;
  } catch {
    return undefined;
  }
}
