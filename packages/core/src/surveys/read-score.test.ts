import { expect, test } from "vitest";
import { readScore } from "./read-score.ts";

test.each<[string, number]>([
  ["1", 1],
  ["5", 5],
  [" 4 \n", 4],
  ["3.", 3],
  ["5!!", 5],
  ["5/5", 5],
  ["2 / 5", 2],
  ["4 ⭐", 4],
  ["4⭐️", 4],
  ["3 🌟🌟🌟", 3],
  ["⭐", 1],
  ["⭐⭐⭐⭐", 4],
  ["⭐️ ⭐️ ⭐️ ⭐️ ⭐️", 5],
  ["🌟🌟", 2],
  ["★★★★☆", 4],
  ["5️⃣", 5],
  ["4️⃣/5️⃣", 4],
  ["2⃣", 2],
])("%j is the score %i", (text, score) => {
  expect(readScore(text)).toBe(score);
});

test.each([
  "",
  " ",
  "0",
  "6",
  "10",
  "55",
  "1-5",
  "5/10",
  "6/5",
  "4.5",
  "4,5",
  "-3",
  "1️⃣0️⃣",
  "⭐⭐⭐⭐⭐⭐",
  "4 ⭐⭐",
  "★★☆",
  "☆☆☆☆☆",
  "⭐5",
  "5 boxes",
  "I want 5",
  "five",
  "👍",
  "5?",
  "Order 5",
  `5${" ".repeat(100)}`,
])("%j is no score", (text) => {
  expect(readScore(text)).toBeUndefined();
});
