import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAttributeValue } from "./attribute-value.ts";

const text = { type: "TEXT", options: [] } as const;
const number = { type: "NUMBER", options: [] } as const;
const boolean = { type: "BOOLEAN", options: [] } as const;
const date = { type: "DATE", options: [] } as const;
const choice = { type: "CHOICE", options: ["first", "second"] } as const;

describe("a value of an attribute", () => {
  test.each([
    [text, "two lines\n of text"],
    [text, ""],
    [number, -1.5],
    [boolean, false],
    [date, "2028-02-29"],
    [choice, "second"],
  ])("of type %j may be %j, and is stored as it is", (definition, value) => {
    expect(readAttributeValue(definition, value)).toEqual({ value });
  });

  test.each([
    [text, 1, "must be a text of at most 1000 characters"],
    [text, "x".repeat(1_001), "must be a text of at most 1000 characters"],
    [text, "a\0b", "must be a text of at most 1000 characters"],
    [text, "\ud800", "must be a text of at most 1000 characters"],
    [number, "1", "must be a number"],
    [number, Number.NaN, "must be a number"],
    [number, Number.POSITIVE_INFINITY, "must be a number"],
    [boolean, "true", "must be true or false"],
    [boolean, 0, "must be true or false"],
    [date, "2026-02-30", "must be a day like 2026-01-31"],
    [date, "2026-13-01", "must be a day like 2026-01-31"],
    [date, "2026-1-1", "must be a day like 2026-01-31"],
    [date, "2026-01-31T00:00:00Z", "must be a day like 2026-01-31"],
    [choice, "third", "must be one of first, second"],
    [choice, "First", "must be one of first, second"],
    [choice, ["first"], "must be one of first, second"],
  ])("of type %j may not be %j", (definition, value, message) => {
    expect(readAttributeValue(definition, value)).toEqual({ message });
  });

  test("is a day for every day that there is", () => {
    const days = fc.date({ min: new Date("1900-01-01"), max: new Date("2199-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(days, (day) => {
        const value = day.toISOString().slice(0, 10);
        expect(readAttributeValue(date, value)).toEqual({ value });
      }),
    );
  });

  test("is never converted: what is taken is what was given, or nothing", () => {
    fc.assert(
      fc.property(fc.constantFrom(text, number, boolean, date, choice), fc.jsonValue(), (definition, value) => {
        const read = readAttributeValue(definition, value);
        if ("value" in read) expect(read.value).toBe(value);
        else expect(read.message).toMatch(/^must be /);
      }),
    );
  });
});
