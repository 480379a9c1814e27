import { shorten } from "@parley/runtime";
const MAX_LENGTH = 120;

/** A part of a rule's definition in a few words: a comparison, a group of them, an action, or a value. */
export function describePart(part: unknown): string {
  return shorten(Array.isArray(part) ? part.map(describePart).join(", ") : describeOne(part), MAX_LENGTH);
}

function describeOne(part: unknown): string {
  if (part === null) return "nothing";
  if (typeof part !== "object") return JSON.stringify(part);
  const { type, field, operator, value, ...rest } = part as Record<string, unknown>;
  if (typeof field === "string") {
    return [field, operator, ...(value === undefined ? [] : [JSON.stringify(value)])].join(" ");
  }
  const parts = Object.entries(rest).map(([name, each]) =>
    Array.isArray(each) && ["all", "any", "none"].includes(name)
      ? `${name} of (${each.map(describePart).join("; ")})`
      : `${name} ${JSON.stringify(each)}`,
  );
  const given = value === undefined ? parts : [...parts, `value ${JSON.stringify(value)}`];
  return typeof type === "string" ? [type, given.join(", ")].filter(Boolean).join(": ") : given.join(", ");
}
