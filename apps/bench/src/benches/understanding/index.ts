import {
  INTENT_LABELS,
  INTENT_LANGUAGES,
  createIntentClassifier,
  evaluateIntents,
  readIntentLines,
  understand,
  type IntentEvaluation,
  type IntentLanguage,
} from "@parley/understanding";
import { step } from "@parley/runtime";
import { median } from "../../statistics.ts";
import { printTable } from "../../table.ts";
import type { Bench } from "../bench.ts";

const SECONDS = 2;
const ROUNDS = 3;
const NAMES: Record<IntentLanguage, string> = { fr: "French", en: "English" };

/** How often the intent of a message is found, and how fast a message is understood in all respects. */
export const understandingBench: Bench = {
  about: "intents of the held-out lines, which the classifier has not learned from; all of understand(), on one core",
  targets: [
    { key: "accuracyFr", atLeast: 0.85 },
    { key: "accuracyEn", atLeast: 0.85 },
  ],
  async run({ options }) {
    const startedAt = performance.now();
    const classify = createIntentClassifier();
    classify("");
    const learningMs = performance.now() - startedAt;
    const of = { fr: evaluateIntents(classify, "fr"), en: evaluateIntents(classify, "en") };
    for (const language of INTENT_LANGUAGES) printConfusion(language, of[language]);

    const rates: number[] = [];
    const rounds = options.rounds ?? ROUNDS;
    for (let round = 1; round <= rounds; round += 1) {
      const seconds = options.seconds ?? SECONDS;
      rates.push(await step(`round ${round} of ${rounds}`, async () => measureRate(seconds)));
    }
    return {
      accuracyFr: of.fr.accuracy,
      accuracyEn: of.en.accuracy,
      calibrationErrorFr: of.fr.calibrationError,
      calibrationErrorEn: of.en.calibrationError,
      learningMs,
      perSecond: median(rates),
    };
  },
};

function measureRate(seconds: number): number {
  const texts = INTENT_LANGUAGES.flatMap((language) => readIntentLines("heldout", language)).map(({ text }) => text);
  const startedAt = performance.now();
  let understood = 0;
  while (performance.now() - startedAt < seconds * 1_000) {
    for (const text of texts) understand(text);
    understood += texts.length;
  }
  return (understood * 1_000) / (performance.now() - startedAt);
}

/** A row a label; columns, in the same order, count what it was taken for. */
function printConfusion(language: IntentLanguage, { lines, confusion }: IntentEvaluation): void {
  printTable(
    `${NAMES[language]}: ${lines} held-out lines; a row is what a line is, a column what was found`,
    ["", ...INTENT_LABELS.map((label) => label.slice(0, 6))],
    INTENT_LABELS.map((is) => [is, ...INTENT_LABELS.map((found) => confusion[is][found] || "·")]),
  );
}
