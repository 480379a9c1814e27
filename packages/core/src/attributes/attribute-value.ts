import type { AttributeType } from "@parley/db";

const MAX_TEXT = 1_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The value as it is stored, or what is wrong with it. A DATE is `2026-01-31`; nothing is converted. */
export function readAttributeValue(
  { type, options }: { type: AttributeType; options: readonly string[] },
  value: unknown,
): { value: string | number | boolean } | { message: string } {
  switch (type) {
    case "TEXT":
      if (typeof value === "string" && value.length <= MAX_TEXT && !value.includes("\0") && value.isWellFormed()) {
        return { value };
      }
      return { message: `must be a text of at most ${MAX_TEXT} characters` };
    case "NUMBER":
      return typeof value === "number" && Number.isFinite(value) ? { value } : { message: "must be a number" };
    case "BOOLEAN":
      return typeof value === "boolean" ? { value } : { message: "must be true or false" };
    case "DATE":
      return typeof value === "string" && isDate(value) ? { value } : { message: "must be a day like 2026-01-31" };
    case "CHOICE":
      if (typeof value === "string" && options.includes(value)) return { value };
      return { message: `must be one of ${options.join(", ")}` };
  }
}

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}
