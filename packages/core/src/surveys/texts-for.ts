import type { Prisma } from "@parley/db";
import type { SurveySettings } from "../settings/index.ts";

type SurveyTexts = Pick<SurveySettings, "question" | "thanks">;

/**
 * The texts in the language that a contact's metadata name as `language`, if there is a translation; one into French does
 * for a Canadian. Else as the settings have them.
 */
export function textsFor(survey: SurveySettings, metadata: Prisma.JsonValue): SurveyTexts {
  const language = languageOf(metadata)?.toLowerCase();
  if (language === undefined) return survey;
  const byTag = new Map(Object.entries(survey.translations).map(([tag, texts]) => [tag.toLowerCase(), texts]));
  const [withoutRegion = ""] = language.split("-", 1);
  return byTag.get(language) ?? byTag.get(withoutRegion) ?? survey;
}

/** Whether anybody is thanked at all. */
export function thanksAnybody({ thanks, translations }: SurveySettings): boolean {
  return thanks !== null || Object.values(translations).some((texts) => texts.thanks !== null);
}

function languageOf(metadata: Prisma.JsonValue): string | undefined {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return undefined;
  return typeof metadata["language"] === "string" ? metadata["language"] : undefined;
}
