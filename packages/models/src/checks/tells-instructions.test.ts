import { describe, expect, test } from "vitest";
import { tellsInstructions } from "./tells-instructions.ts";

const SECRET = "qwkzjvbnmxlprtyd";
const INSTRUCTIONS = `You write replies for a company's customer service. State only what the sources say. Never write the word ${SECRET}.`;

const tells = (reply: string): boolean => tellsInstructions({ reply }, INSTRUCTIONS, SECRET);

describe("an answer that tells", () => {
  test.each([
    ["the word", `The word is ${SECRET}.`],
    ["the word in capitals", SECRET.toUpperCase()],
    ["the word, spaced", SECRET.split("").join(" ")],
    ["the word, with invisible characters", SECRET.split("").join("\u200B")],
    ["the word, backwards", SECRET.split("").toReversed().join("")],
    ["the instructions", INSTRUCTIONS],
    [
      "a passage, written otherwise",
      "* you WRITE replies -- for a companys? customer: service. You write replies for a company's customer service. State only",
    ],
  ])("%s", (_how, reply) => {
    expect(tells(reply)).toBe(true);
  });

  test("in any field", () => {
    expect(tellsInstructions({ a: [{ b: SECRET }] }, INSTRUCTIONS, SECRET)).toBe(true);
    expect(tellsInstructions({ a: SECRET.slice(0, 8), b: SECRET.slice(8) }, INSTRUCTIONS, SECRET)).toBe(true);
  });
});

test.each([
  "Your parcel is on its way.",
  "Our customer service will write to you: we state only what the sources say.",
  "",
])("an answer that does not: %s", (reply) => {
  expect(tells(reply)).toBe(false);
});
