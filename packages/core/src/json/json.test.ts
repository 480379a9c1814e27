import { expect, test } from "vitest";
import { bodyText, enumInput, jsonEnum, lineText } from "./index.ts";

const Colour = { DARK_RED: "DARK_RED", BLUE: "BLUE" } as const;

test("an enum is lower_snake in answers and either case in requests", () => {
  expect(jsonEnum(Colour).options).toEqual(["dark_red", "blue"]);
  expect(enumInput(Colour).parse("dark_red")).toBe("DARK_RED");
  expect(enumInput(Colour).parse("DARK_RED")).toBe("DARK_RED");
  expect(enumInput(Colour).safeParse("green").success).toBe(false);
});

test.each([" ", "a\0b", "\ud800", "x".repeat(11)])("what people write may not be %j", (text) => {
  expect(bodyText(10).safeParse(text).success).toBe(false);
});

test("what people write may have lines, and emoji", () => {
  expect(bodyText(10).parse(" a\n👋 ")).toBe(" a\n👋 ");
});

test.each([" ", "a\nb", "a\0b", "\ud800"])("a name may not be %j", (text) => {
  expect(lineText(10).safeParse(text).success).toBe(false);
});
