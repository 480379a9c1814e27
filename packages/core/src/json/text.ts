import { z } from "zod";

/** What people write, over several lines if they like. PostgreSQL stores neither NUL nor half a surrogate pair. */
export function bodyText(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => text.trim() !== "", "must not be empty")
    .refine((text) => !text.includes("\0") && text.isWellFormed(), "must be well-formed text without NUL characters");
}

/** A name, tag or search term: one line, without space around it. */
export function lineText(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must not contain control characters");
}
