import { z } from "zod";

const MAX_BYTES = 16_384;
const MAX_DEPTH = 8;

/** What a company keeps of its own about a contact: any JSON object, stored as it is. */
export const metadataInput = z
  .record(z.string(), z.unknown())
  .superRefine((value, context) => {
    const mistake = mistakeInMetadata(value);
    if (mistake !== undefined) context.addIssue(mistake);
  })
  .meta({ example: { customerNumber: "4711" } });

/** Why it is not stored, if it is not. Its depth is looked at first: what is nested too deep has no place on the stack. */
export function mistakeInMetadata(metadata: Readonly<Record<string, unknown>>): string | undefined {
  if (!isNestedAtMost(metadata, MAX_DEPTH)) return `must be nested at most ${MAX_DEPTH} deep`;
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_BYTES) return `must take at most ${MAX_BYTES} bytes`;
  return isStorable(metadata) ? undefined : "must be well-formed text without NUL characters";
}

function isNestedAtMost(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((part) => isNestedAtMost(part, depth - 1));
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
function isStorable(value: unknown): boolean {
  if (typeof value === "string") return !value.includes("\0") && value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, part]) => isStorable(key) && isStorable(part));
}
