import { expect, test } from "vitest";
import { contactMatches, containsText } from "./contains-text.ts";

test("wildcards of LIKE are searched for as they stand", () => {
  expect(containsText("50%_\\").contains).toBe("50\\%\\_\\\\");
});

test("a number is also searched for without what people put between its digits", () => {
  const searchedFor = JSON.stringify(contactMatches("+49 (0151) 12-34"));
  expect(searchedFor).toContain('"4901511234"');
});

test("a name with digits is no number", () => {
  expect(contactMatches("Customer 1").OR).toHaveLength(2);
});
