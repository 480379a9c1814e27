import { readFileSync } from "node:fs";
import { isIntentLabel, type IntentLabel } from "./labels.ts";

export type IntentLanguage = "fr" | "en";

export const INTENT_LANGUAGES: readonly IntentLanguage[] = ["fr", "en"];

export interface IntentLine {
  label: IntentLabel;
  text: string;
}

/**
 * The lines of `data/intents/<set>.<language>.txt`: label, tab, text; lines that begin with `#` are comments.
 * Throws, with the place, when a line is not like that: a label misspelled would be an intent never learned.
 */
export function readIntentLines(set: "train" | "heldout", language: IntentLanguage): IntentLine[] {
  const file = `data/intents/${set}.${language}.txt`;
  const lines = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8").split("\n");
  return lines.flatMap((line, index) => {
    if (line === "" || line.startsWith("#")) return [];
    const [label, text] = line.split("\t");
    if (!isIntentLabel(label) || !text) throw new Error(`${file}:${index + 1} is not a label, a tab and a text`);
    return [{ label, text }];
  });
}
