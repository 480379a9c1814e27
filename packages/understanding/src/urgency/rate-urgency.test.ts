import { expect, test } from "vitest";
import type { IntentLabel } from "../intent/labels.ts";
import { readSignals } from "../signals/find-signals.ts";
import { rateUrgency, type Urgency } from "./rate-urgency.ts";

const signals = { words: readSignals("urgency"), deadlines: readSignals("deadlines") };

function rate(text: string, label: IntentLabel = "delivery", score = 0): Urgency {
  const mood = score < -0.3 ? "negative" : score > 0.3 ? "positive" : "neutral";
  return rateUrgency(text, { label: mood, score }, { label, confidence: 0.9 }, signals);
}

test.each([
  "C'est urgent",
  "répondez-moi dès que possible",
  "I need this immediately",
  "please answer asap",
  "il me faut le colis avant samedi",
  "I have to have it by Friday",
  "the charger caught fire",
])("high: %s", (text) => expect(rate(text).label).toBe("high"));

test.each(["Où est mon colis ?", "rien d'urgent, quand arrive-t-il ?", "No rush, where is it?", "I waited for a week"])(
  "not high: %s",
  (text) => expect(rate(text).label).not.toBe("high"),
);

test("what is said not to be urgent is less urgent than silence about it", () => {
  expect(rate("ce n'est pas urgent").score).toBeLessThan(rate("bonjour").score);
});

test("thanks and spam are low, whatever they shout", () => {
  expect(rate("Merci !!", "thanks", 0.8).label).toBe("low");
  expect(rate("URGENT !! Offre valable avant minuit", "spam").label).toBe("low");
});

test("an angry complaint with a threat is high, and says why", () => {
  const { label, reasons } = rate("TROISIÈME MESSAGE !! JE VAIS PORTER PLAINTE", "complaint", -0.8);
  expect(label).toBe("high");
  expect(reasons).toEqual([
    "repeated",
    "legal_threat",
    "capitals",
    "exclamations",
    "negative_sentiment",
    "intent:complaint",
  ]);
});
