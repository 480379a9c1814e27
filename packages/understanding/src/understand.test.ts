import { expect, test } from "vitest";
import { maskPersonalData } from "./masking/mask-personal-data.ts";
import { understand } from "./understand.ts";

test("a message is understood in all respects", () => {
  const text =
    "Bonjour, le vase de ma commande 402-1234567-1234567 est arrivé cassé !! Je suis très déçu, appelez-moi au 06 12 34 56 78, c'est urgent";
  const { language, sentiment, intent, urgency, entities, wantsHuman } = understand(text, { channel: "amazon" });
  expect(language.code).toBe("fr");
  expect(sentiment.label).toBe("negative");
  expect(intent.label).toBe("order_issue");
  expect(urgency.label).toBe("high");
  expect(entities.map(({ type, value }) => `${type} ${value}`)).toEqual([
    "order_number 402-1234567-1234567",
    "phone +33612345678",
  ]);
  expect(wantsHuman).toBe(true);
});

test.each(["", " ", "👍", "ok", "???"])("little gives little: '%s'", (text) => {
  expect(understand(text)).toMatchObject({
    language: { code: null },
    intent: { label: "other" },
    urgency: { label: "low" },
    entities: [],
    wantsHuman: false,
  });
});

test("the same text gives the same answer, and what stands beyond the limit changes nothing", () => {
  const text = "Where is my parcel? ".repeat(500);
  expect(understand(text)).toEqual(understand(text));
  expect(understand(`${text}URGENT!! 402-1234567-1234567`)).toEqual(understand(text));
});

/** What makes careless patterns slow, for minutes: long runs, nested repetition, beginnings without an end. */
const PATIENCE_MS = 5_000;
const EVIL = [
  "1",
  "1 ",
  "0 ",
  "06 ",
  "+33 6 ",
  "06 12 34 56 78 ",
  "a",
  "é",
  "A",
  "@",
  "a@",
  "a.a@a.",
  "1-",
  "1a-",
  "commande n° ",
  "commande n 12345 ",
  "1 000 € ",
  "FR76 3000 ",
  "4111 1111 1111 1111 ",
  "(",
  "!",
  "ne pas ",
  "[EMAIL_1]",
  "http://",
  "😡",
  "\n",
];

test.each(EVIL)(
  "100 kB of '%s' take no longer than a message may",
  (piece) => {
    const text = piece.repeat(Math.ceil(100_000 / piece.length));
    const startedAt = performance.now();
    understand(text);
    expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS);
    const { masked, restore } = maskPersonalData(text);
    expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS);
    expect(restore(masked)).toBe(text);
  },
  30_000,
);
