import { z } from "zod";

const MAX_BYTES = 16_384;
const MAX_DEPTH = 8;

/** What a company keeps of its own about a contact: any JSON object, stored as it is. */
export const metadataInput = z
  .record(z.string(), z.unknown())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES, `must take at most ${MAX_BYTES} bytes`)
  .refine((value) => depthOf(value) <= MAX_DEPTH, `must be nested at most ${MAX_DEPTH} deep`)
  .refine(isStorable, "must be well-formed text without NUL characters")
  .meta({ example: { customerNumber: "4711" } });

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
function isStorable(value: unknown): boolean {
  if (typeof value === "string") return !value.includes("\0") && value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, part]) => isStorable(key) && isStorable(part));
}
