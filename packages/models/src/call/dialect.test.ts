import { expect, test } from "vitest";
import { adaptDialect, FULL_DIALECT, type Dialect } from "./dialect.ts";

const error = (message: string, param: string | null = null): string => JSON.stringify({ error: { message, param } });

test.each<[string, Partial<Dialect>, string]>([
  [
    "OpenAI's models that think",
    { limit: "max_completion_tokens" },
    error("Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.", "max_tokens"),
  ],
  ["a fixed temperature", { takesTemperature: false }, error("Only the default (1) is supported.", "temperature")],
  ["no schemas", { format: "json_object" }, error("This response_format type is unavailable now")],
  ["no schemas, told as text", { format: "json_object" }, "unknown variant `json_schema`"],
])("%s", (_who, change, body) => {
  for (const status of [400, 422]) {
    expect(adaptDialect(FULL_DIALECT, status, body)).toEqual({ ...FULL_DIALECT, ...change });
  }
});

test("a server without JSON modes is asked in words", () => {
  const body = error("'response_format.type' must be 'text'");
  expect(adaptDialect({ ...FULL_DIALECT, format: "json_object" }, 400, body)).toMatchObject({ format: "text" });
});

test("what was left out already is not why", () => {
  const bare: Dialect = { format: "text", limit: "max_completion_tokens", takesTemperature: false };
  for (const word of ["max_completion_tokens", "'temperature'", "response_format"]) {
    expect(adaptDialect(bare, 400, error(word))).toBeUndefined();
  }
});

test.each([
  [500, error("response_format")],
  [401, error("response_format")],
  [400, error("The model does not exist")],
  [400, undefined],
  [undefined, undefined],
])("status %s with %s is nothing that can be said otherwise", (status, body) => {
  expect(adaptDialect(FULL_DIALECT, status, body)).toBeUndefined();
});
