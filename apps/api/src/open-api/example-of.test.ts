import { expect, test } from "vitest";
import type { JsonSchema } from "./document.ts";
import { createExamples } from "./example-of.ts";

const text: JsonSchema = { type: "string" };
const exampleOf = createExamples({
  Team: { type: "object", properties: { id: { type: "string", format: "uuid" }, name: text } },
  Endless: { type: "object", properties: { next: { $ref: "#/components/schemas/Endless" } } },
});

test.each<[string, JsonSchema, unknown]>([
  ["its own, before anything else", { ...text, enum: ["a"], default: "b", example: "c" }, "c"],
  ["null, if that is its own", { anyOf: [text, { type: "null" }], example: null }, null],
  ["a constant", { const: "text" }, "text"],
  ["the first value of an enum", { ...text, enum: ["open", "closed"] }, "open"],
  ["the default", { type: "integer", default: 50 }, 50],
  ["what is there, of something nullable", { anyOf: [{ type: "null" }, { type: "integer" }] }, 1],
  ["a number within its bounds", { type: "integer", minimum: 5, maximum: 9 }, 5],
  ["a list of one", { type: "array", items: { type: "boolean" } }, [false]],
  ["a point in time", { ...text, format: "date-time" }, "2026-01-31T08:00:00.000Z"],
  ["an e-mail address", { ...text, format: "email" }, "agent@company.example"],
  ["nothing in particular, of anything", {}, {}],
])("an example is %s", (_what, schema, example) => {
  expect(exampleOf(schema, "answer")).toEqual(example);
});

const change: JsonSchema = {
  type: "object",
  required: ["name"],
  properties: { name: text, subject: text, tag: { ...text, example: "vip" } },
};

test("a request leaves out what may be left out, unless it has an example", () => {
  expect(exampleOf(change, "request")).toEqual({ name: "name", tag: "vip" });
  expect(exampleOf(change, "answer")).toEqual({ name: "name", subject: "subject", tag: "vip" });
});

test("the id of something is the one by which others refer to it", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: {
      team: { $ref: "#/components/schemas/Team" },
      teams: { type: "array", items: { $ref: "#/components/schemas/Team" } },
      teamId: { type: "string", format: "uuid" },
      userId: { type: "string", format: "uuid" },
    },
  };
  const { team, teams, teamId, userId } = exampleOf(schema, "answer") as Record<string, never>;
  expect(team).toEqual({ id: teamId, name: "name" });
  expect(teams).toEqual([team]);
  expect(userId).not.toBe(teamId);
});

test("a schema that contains itself needs an example", () => {
  expect(() => exampleOf({ $ref: "#/components/schemas/Endless" }, "answer")).toThrow(/contains itself/);
});
