import { expect, test } from "vitest";
import type { Intent } from "../intent/classify-intent.ts";
import { readSignals } from "../signals/find-signals.ts";
import { wantsHuman } from "./wants-human.ts";

const signals = readSignals("human");
const delivery: Intent = { label: "delivery", confidence: 0.9 };

test.each([
  "Mon colis n'est pas là, je veux parler à quelqu'un",
  "Toujours rien. Passez-moi un responsable !",
  "rappelez moi svp",
  "My parcel is late, let me talk to a real person",
  "no tracking. call me",
  "Je voudrais discuter tout de suite avec un conseiller",
])("asks for a person beside something else: %s", (text) => expect(wantsHuman(text, delivery, signals)).toBe(true));

test.each([
  "Où est mon colis ?",
  "Le livreur n'a trouvé personne",
  "The person next door has it",
  "Nobody was home, my phone is broken",
])("does not: %s", (text) => expect(wantsHuman(text, delivery, signals)).toBe(false));

test("a request for a person that the classifier is sure of is one, whatever its words", () => {
  expect(wantsHuman("y a quelqu'un ?", { label: "human_request", confidence: 0.9 }, signals)).toBe(true);
  expect(wantsHuman("y a quelqu'un ?", { label: "human_request", confidence: 0.4 }, signals)).toBe(false);
});
