import { expect, test } from "vitest";
import { INTENT_LANGUAGES, readIntentLines } from "../intent/read-lines.ts";
import { readCommonWords } from "./common-words.ts";
import { detectLanguage } from "./detect-language.ts";

const commonWords = readCommonWords();
const codeOf = (text: string): string | null => detectLanguage(text, commonWords).code;
const confidence = (text: string): number => detectLanguage(text, commonWords).confidence;

test.each([
  ["fr", "où est mon colis svp"],
  ["fr", "jai pas recu ma commande c nul"],
  ["fr", "merci"],
  ["fr", "facture svp"],
  ["fr", "slt tjrs rien recu"],
  ["en", "pls cancel my order"],
  ["en", "thanks"],
  ["en", "Hi, any news?"],
  ["es", "Hola, ¿dónde está mi pedido?"],
  ["de", "Wo ist mein Paket?"],
  ["it", "Dove si trova il mio ordine?"],
  ["nl", "Waar is mijn pakket?"],
  ["pt", "Onde está a minha encomenda?"],
  ["pl", "Gdzie jest moja paczka?"],
])("%s: %s", (code, text) => expect(codeOf(text)).toBe(code));

test.each(["", "ok", "👍", "123 456", "402-1234567-1234567", "https://example.com/x", "lol", "super", "asdf qwer"])(
  "what gives no language away has none: %s",
  (text) => expect(codeOf(text)).toBeNull(),
);

test("the more there is to read, the more confident it is", () => {
  expect(confidence("merci")).toBeLessThan(confidence("merci beaucoup pour votre réponse"));
  expect(confidence("ok")).toBe(0);
});

test("order numbers, links and addresses do not count", () => {
  const plain = detectLanguage("Where is my parcel?", commonWords);
  expect(detectLanguage("Where is my parcel? 402-1234567-1234567 https://example.fr/suivi", commonWords)).toEqual(
    plain,
  );
});

test.each(INTENT_LANGUAGES)("held-out lines in %s are hardly ever taken for another language", (language) => {
  const codes = readIntentLines("heldout", language).map(({ text }) => codeOf(text));
  expect(codes.filter((code) => code === language).length / codes.length).toBeGreaterThan(0.95);
  expect(codes.filter((code) => code !== null && code !== language).length / codes.length).toBeLessThan(0.01);
});
