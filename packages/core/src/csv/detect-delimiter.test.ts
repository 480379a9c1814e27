import { expect, test } from "vitest";
import { detectDelimiter } from "./detect-delimiter.ts";

test.each([
  ["a comma", "name,email\nAnna,anna@company.example\n", ","],
  ["a semicolon, with commas within", "name;street\nAnna;Main Street 1, back\nBen;Side Road 2, front\n", ";"],
  ["a tab", "name\temail\nAnna, Dr.\tanna@company.example\n", "\t"],
  ["a bar", "name|email|tags\nAnna|anna@company.example|a,b\n", "|"],
  ["a semicolon, with quoted commas in the header", '"name, first";email\n"A, B";a@company.example\n', ";"],
  ["nothing to tell, so a comma", "email\nanna@company.example\n", ","],
  ["a header alone", "name;email;phone", ";"],
  ["nothing at all", "", ","],
  ["a beginning that is cut off within quotes", 'name;note\nAnna;"a\nb"\nBen;"cut', ";"],
])("%s", (_what, text, delimiter) => {
  expect(detectDelimiter(text)).toBe(delimiter);
});
