import { expect, test } from "vitest";
import { readModelConfig } from "./read-model-config.ts";

test("no private place is reached unless it is named", () => {
  expect(readModelConfig({})).toEqual({ privateHosts: [] });
  expect(readModelConfig({ MODEL_PRIVATE_HOSTS: "" })).toEqual({ privateHosts: [] });
  expect(readModelConfig({ MODEL_PRIVATE_HOSTS: "127.0.0.1:4010, 10.20.0.0/16" })).toEqual({
    privateHosts: ["127.0.0.1:4010", "10.20.0.0/16"],
  });
});

test("an entry that is none is told with the variable", () => {
  expect(() => readModelConfig({ MODEL_PRIVATE_HOSTS: "everything" })).toThrow(/^MODEL_PRIVATE_HOSTS: "everything" is/);
});
