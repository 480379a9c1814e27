import { expect, test } from "vitest";
import { readSurveySettings } from "../settings/index.ts";
import { textsFor, thanksAnybody } from "./texts-for.ts";

const survey = readSurveySettings({
  question: "How was it?",
  thanks: "Thank you!",
  translations: { fr: { question: "C'était comment ?" }, "pt-BR": { question: "Como foi?", thanks: "Obrigado!" } },
});

test.each<[object | null, string]>([
  [{}, "How was it?"],
  [{ language: "fr" }, "C'était comment ?"],
  [{ language: "FR-ca" }, "C'était comment ?"],
  [{ language: "pt-br" }, "Como foi?"],
  [{ language: "pt" }, "How was it?"],
  [{ language: "de" }, "How was it?"],
  [{ language: 5 }, "How was it?"],
  [null, "How was it?"],
])("a contact with %j is asked %j", (metadata, question) => {
  expect(textsFor(survey, metadata as never).question).toBe(question);
});

test("who is asked in a language is thanked in it, or not at all", () => {
  expect(textsFor(survey, { language: "pt-BR" }).thanks).toBe("Obrigado!");
  expect(textsFor(survey, { language: "fr" }).thanks).toBeNull();
});

test("somebody is thanked when any text says so", () => {
  expect(thanksAnybody(survey)).toBe(true);
  expect(thanksAnybody(readSurveySettings({}))).toBe(false);
  expect(
    thanksAnybody(readSurveySettings({ translations: { fr: { question: "C'était comment ?", thanks: "Merci !" } } })),
  ).toBe(true);
});
