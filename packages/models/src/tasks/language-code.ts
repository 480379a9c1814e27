import { z } from "zod";

/** ISO 639-1, such as "fr". */
export const languageCode = z
  .string()
  .regex(/^[a-z]{2}$/, "must be a language's two letters (ISO 639-1)")
  .describe("ISO 639-1, two small letters, such as fr");
