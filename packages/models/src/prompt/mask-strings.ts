/** As `@parley/understanding` makes it: the text with placeholders for what is personal, and the way back. */
export type MaskPersonalData = (text: string) => { masked: string; restore: (text: string) => string };

/** JSON, as far as prompts and answers need it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Between texts that are masked together. NUL is in no text of ours: PostgreSQL stores none. */
const SEPARATOR = "\n\u0000\n";

/**
 * Masks all strings in `data` as one text, so that the same address has the same placeholder everywhere, and another
 * address another one. `restore` puts what was masked back into every string of an answer.
 */
export function maskStrings<Data extends Json>(
  data: Data,
  mask: MaskPersonalData,
): { masked: Data; restore: <T>(answer: T) => T } {
  const texts: string[] = [];
  mapStrings(data, (text) => {
    texts.push(text.replaceAll("\u0000", ""));
    return text;
  });
  const { masked, restore } = mask(texts.join(SEPARATOR));
  const maskedTexts = texts.length === 0 ? [] : masked.split(SEPARATOR);
  if (maskedTexts.length !== texts.length) throw new Error("masking joined or split texts that were apart");
  let next = 0;
  return {
    masked: mapStrings(data, () => maskedTexts[next++] ?? ""),
    restore: (answer) => mapStrings(answer, restore),
  };
}

/** The same value with every string in it, at any depth, changed. Names of fields stay. */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  // The shape stays what it was: strings become strings, lists lists, objects objects.
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mapStrings(part, change)])) as T;
}
