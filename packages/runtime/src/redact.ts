import { serializeError } from "./serialize-error.ts";

/**
 * Names of what no log says, in lower case and without punctuation, so that `x-api-key`, `apiKey` and `X_API_KEY` are one:
 * secrets and what leads to them, what people wrote, and how they are reached.
 */
const SECRET_NAME =
  /password|passphrase|secret|token|credential|authorization|cookie|signature|(keys?|hash|hashes)$|^(smtp|redis|database).*url$/;
const PRIVATE_NAMES: ReadonlySet<string> = new Set([
  "body",
  "content",
  "email",
  "fullname",
  "payload",
  "phone",
  "query",
  "rawbody",
  "text",
]);

const CENSOR = "[redacted]";
/** Deeper than anything that is logged; what is deeper, or contains itself, is not worth a line. */
const MAX_DEPTH = 8;

/**
 * What is logged, without the values of fields that hold secrets or people's words, wherever they stand. Errors are
 * reduced as `serializeError` does, wherever they stand. Numbers, booleans and absent values of such fields remain:
 * `tokens: 3` gives nothing away.
 */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(fields).map(([name, value]) => {
    // Such as Fastify's requests: the logger has serializers for them, which run afterwards.
    const isLeft = isObject(value) && !isPlain(value) && !(value instanceof Error);
    return [name, isLeft && !isSecret(name) ? value : redactField(name, value, 1)];
  });
  return Object.fromEntries(kept) as Record<string, unknown>;
}

function redactField(name: string, value: unknown, depth: number): unknown {
  if (isSecret(name) && (typeof value === "string" || isObject(value))) return CENSOR;
  return redactValue(value, depth);
}

function redactValue(value: unknown, depth: number): unknown {
  if (!isObject(value) || value instanceof Date) return value;
  // Its own fields have been chosen already; of those, `stack` may be as long as it likes.
  if (value instanceof Error) return serializeError(value);
  if (ArrayBuffer.isView(value)) return "[bytes]";
  if (depth >= MAX_DEPTH) return "[deep]";
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  const entries: [string, unknown][] = value instanceof Map ? [...value].map(named) : Object.entries(value);
  return Object.fromEntries(entries.map(([name, part]) => [name, redactField(name, part, depth + 1)]));
}

function named([key, value]: [unknown, unknown]): [string, unknown] {
  return [String(key), value];
}

function isSecret(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return PRIVATE_NAMES.has(plain) || SECRET_NAME.test(plain);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value) || value instanceof Map;
}
