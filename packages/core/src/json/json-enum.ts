import { z } from "zod";

/** The values of a database enum as JSON has them: lower_snake. */
export function jsonEnum<Value extends string>(values: Readonly<Record<string, Value>>) {
  return z.enum(Object.values(values).map(toJsonEnum));
}

/** A database enum in a request, in lower or upper case. */
export function enumInput<Value extends string>(values: Readonly<Record<string, Value>>) {
  const known = Object.values(values);
  return z
    .enum([...known.map(toJsonEnum), ...known])
    .transform((text) => text.toUpperCase() as Value)
    .meta({ description: `One of ${known.map(toJsonEnum).join(", ")}.` });
}

export function toJsonEnum<Value extends string>(value: Value): Lowercase<Value> {
  // The library's type forgets which letters it had.
  return value.toLowerCase() as Lowercase<Value>;
}
