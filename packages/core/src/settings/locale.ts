import { isSupportedCountry } from "libphonenumber-js/max";
import { z } from "zod";

export const MAX_LANGUAGES = 20;
const MAX_LENGTH = 64;

/** A name of the IANA time zone database. Offsets, which Intl accepts too, know nothing of summer time. */
export const timeZone = z
  .string()
  .max(MAX_LENGTH)
  .refine(isTimeZone, 'must be a name of the IANA time zone database, such as "Europe/Paris"')
  .meta({ description: "IANA name.", example: "Europe/Paris" });

/** ISO 3166, two letters. */
export const country = z
  .string()
  .length(2)
  .transform((code) => code.toUpperCase())
  .refine(isSupportedCountry, 'must be a country code of two letters, such as "FR"')
  .meta({ description: "Of telephone numbers that are written without a country code.", example: "FR" });

export const language = z
  .string()
  .max(MAX_LENGTH)
  .transform((tag, issues) => {
    const canonical = canonicalTag(tag);
    if (canonical !== undefined) return canonical;
    issues.addIssue({ code: "custom", message: 'must be a language tag of BCP 47, such as "fr" or "pt-BR"' });
    return z.NEVER;
  });

/** In their canonical spelling. The first is the default. */
export const languages = z
  .array(language)
  .min(1)
  .max(MAX_LANGUAGES)
  .refine((tags) => new Set(tags).size === tags.length, "must not name a language twice")
  .meta({ description: "BCP 47; the first is the default.", example: ["en", "fr"] });

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function canonicalTag(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
