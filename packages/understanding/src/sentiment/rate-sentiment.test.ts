import { expect, test } from "vitest";
import { readIntentLines } from "../intent/read-lines.ts";
import { readLexicons } from "./lexicon.ts";
import { rateSentiment } from "./rate-sentiment.ts";

const lexicons = readLexicons();
const score = (text: string): number => rateSentiment(text, lexicons.of("fr")).score;
const label = (language: string, text: string): string => rateSentiment(text, lexicons.of(language)).label;

test.each([
  ["fr", "Pas content"],
  ["fr", "Je ne suis vraiment pas satisfait de ce produit"],
  ["fr", "Je ne recommande pas du tout cette boutique"],
  ["fr", "Je n'ai plus confiance"],
  ["fr", "colis arrivé abîmé, très déçu"],
  ["fr", "C'EST UNE HONTE"],
  ["en", "not happy"],
  ["en", "I'm not happy at all"],
  ["en", "this isn't good"],
  ["en", "I don’t like it"],
  ["en", "arrived broken, what a waste"],
  ["es", "Estoy muy decepcionado, producto roto"],
  ["de", "Sehr schlecht, nie wieder"],
  ["it", "Pessimo servizio, sono deluso"],
  ["pl", "😡😡"],
])("negative in %s: %s", (language, text) => expect(label(language, text)).toBe("negative"));

test.each([
  ["fr", "Merci beaucoup, c'est parfait"],
  ["fr", "C'est pas mal du tout"],
  ["fr", "Aucun problème, tout est nickel"],
  ["fr", "Très bon produit, livraison rapide"],
  ["en", "No problem, thanks a lot"],
  ["en", "Great service, highly recommended"],
  ["es", "Muchas gracias, todo perfecto"],
  ["de", "Vielen Dank, alles super"],
  ["it", "Grazie mille, ottimo prodotto"],
  ["pl", "🙏👍"],
])("positive in %s: %s", (language, text) => expect(label(language, text)).toBe("positive"));

test.each([
  ["fr", "Où est mon colis, merci"],
  ["fr", "Merci de m'envoyer la facture"],
  ["fr", "Quelle est la taille du produit ?"],
  ["fr", "joli mais cassé"],
  ["en", "Please cancel my order"],
  ["en", "Does the fast charger come with it?"],
  ["pl", "Gdzie jest moja paczka?"],
])("neutral in %s: %s", (language, text) => expect(label(language, text)).toBe("neutral"));

test("negation turns a mood, and 'but' takes weight from what stands before it", () => {
  expect(score("content")).toBeGreaterThan(0);
  expect(score("pas content")).toBeLessThan(0);
  expect(score("très content")).toBeGreaterThan(score("content"));
  expect(score("joli mais cassé")).toBeLessThan(score("cassé mais joli"));
  expect(score("honteux !!")).toBeLessThan(score("honteux"));
});

test("a French 'ma' is no Italian 'but'", () => {
  expect(score("déçu de ma commande")).toBe(score("déçu de la commande"));
});

test.each(["fr", "en"] as const)(
  "held-out thanks in %s are hardly ever negative, complaints hardly ever positive",
  (language) => {
    const count = (intent: string, mood: string): number =>
      readIntentLines("heldout", language).filter(
        (line) => line.label === intent && label(language, line.text) === mood,
      ).length;
    const lines = readIntentLines("heldout", language).filter((line) => line.label === "thanks").length;
    expect(count("thanks", "positive") / lines).toBeGreaterThan(0.8);
    expect(count("complaint", "negative") / lines).toBeGreaterThan(0.8);
    expect(count("thanks", "negative") + count("complaint", "positive")).toBe(0);
  },
);
