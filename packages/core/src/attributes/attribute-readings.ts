import type { AttributeType } from "@parley/db";
import { readAttributeValue } from "./attribute-value.ts";

/** What a text in a filter can stand for: itself, the number that it is, or true and false. */
export function readingsOf(text: string): (string | number | boolean)[] {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  return [
    text,
    ...(Number.isFinite(number) ? [number] : []),
    ...(text === "true" || text === "false" ? [text === "true"] : []),
  ];
}

/** What is wrong with a text that is to be a value of this attribute; nothing when one of its readings is. */
export function mistakeInFilter(
  definition: { type: AttributeType; options: readonly string[] },
  text: string,
): string | undefined {
  const read = readingsOf(text).map((reading) => readAttributeValue(definition, reading));
  if (read.some((each) => "value" in each)) return undefined;
  return read.flatMap((each) => ("message" in each ? [each.message] : [])).at(0);
}
