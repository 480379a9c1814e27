import { z } from "zod";
import { bodyText } from "../json/index.ts";
import { language, MAX_LANGUAGES } from "./locale.ts";

const MAX_TEXT = 1_000;
const MAX_DELAY_MINUTES = 24 * 60;
/** No longer than a contact is left alone between two questions: so they have one to answer at a time. */
const MAX_EXPIRY_HOURS = 7 * 24;

const DEFAULT_QUESTION =
  "How satisfied are you with our help? Please answer with a number from 1 (not at all) to 5 (very).";

const translation = z.strictObject({
  question: bodyText(MAX_TEXT).meta({ example: "Êtes-vous satisfait de notre aide, de 1 (pas du tout) à 5 (très) ?" }),
  thanks: bodyText(MAX_TEXT).nullable().default(null).meta({ example: "Merci !" }),
});

/** In one order, whatever they were given or kept in, so that versions compare. */
const translations = z
  .record(language, translation)
  .refine((given) => Object.keys(given).length <= MAX_LANGUAGES, "are too many")
  .transform((given) => Object.fromEntries(Object.entries(given).toSorted(([a], [b]) => (a < b ? -1 : 1))));

/** Whether and how customers are asked how satisfied they are. Whatever is not given is as it is at first. */
export const surveySettings = z
  .strictObject({
    isEnabled: z.boolean().default(false).meta({ example: true }),
    question: bodyText(MAX_TEXT).default(DEFAULT_QUESTION).meta({ example: DEFAULT_QUESTION }),
    thanks: bodyText(MAX_TEXT)
      .nullable()
      .default(null)
      .meta({ description: "What is sent after an answer; null: nothing.", example: "Thank you!" }),
    translations: translations.default({}).meta({
      description:
        "The texts in further languages of the company, by language tag, for contacts whose metadata name one of them as `language`. All others get those above.",
      example: { fr: { question: "Êtes-vous satisfait de notre aide, de 1 (pas du tout) à 5 (très) ?" } },
    }),
    delayMinutes: z
      .int()
      .min(0)
      .max(MAX_DELAY_MINUTES)
      .default(5)
      .meta({ description: "How long after the end of a ticket its contact is asked." }),
    expiresAfterHours: z
      .int()
      .min(1)
      .max(MAX_EXPIRY_HOURS)
      .default(48)
      .meta({ description: "For how long after the question an answer counts." }),
  })
  .meta({ id: "ChangeSurveySettings" });
export type SurveySettings = z.output<typeof surveySettings>;

const translationJson = z.object({ question: z.string(), thanks: z.string().nullable() });

export const surveySettingsJson = z
  .object({
    isEnabled: z.boolean(),
    question: z.string().meta({ example: DEFAULT_QUESTION }),
    thanks: z.string().nullable().meta({ example: "Thank you!" }),
    translations: z.record(z.string(), translationJson).meta({ example: {} }),
    delayMinutes: z.int().meta({ example: 5 }),
    expiresAfterHours: z.int().meta({ example: 48 }),
  })
  .meta({ id: "SurveySettings" });

/** What `tenant.survey` says. What cannot be read counts as not set. */
export function readSurveySettings(survey: unknown): SurveySettings {
  return surveySettings.catch(() => surveySettings.parse({})).parse(survey);
}
