import { expect, test } from "vitest";
import { findSentence } from "./start-processes.ts";

const JSON_LINE = `{"level":30,"name":"api","reason":"failed start","msg":"shutting down"}`;

test("the sentence of a process that refuses its settings is found among its other lines", () => {
  const log = ["{}", "api: SEND_LEASE_MS must be longer", JSON_LINE].join("\n");
  expect(findSentence("api", log)).toBe("api: SEND_LEASE_MS must be longer");
});

test("a process that said nothing in words has no sentence", () => {
  expect(findSentence("api", JSON_LINE)).toBeUndefined();
  expect(findSentence("api", "")).toBeUndefined();
});
