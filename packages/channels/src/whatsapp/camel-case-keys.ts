/**
 * A provider's object with the keys of its objects, at every depth, in camelCase (`product_items` → `productItems`).
 * For structures that we keep whole without using their fields.
 */
export function camelCaseKeys(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [toCamelCase(key), camelCaseWithin(value)]));
}

function camelCaseWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCaseWithin);
  return value !== null && typeof value === "object" ? camelCaseKeys({ ...value }) : value;
}

function toCamelCase(key: string): string {
  return key.replace(/(?<=[a-z0-9])_([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());
}
