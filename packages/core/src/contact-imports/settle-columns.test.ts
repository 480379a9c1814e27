import { DomainError } from "@parley/runtime";
import { expect, test } from "vitest";
import { settleColumns } from "./settle-columns.ts";

const HEADERS = ["E-mail", "Customer", "Tier", "Other"];
const ATTRIBUTES = [{ key: "tier", label: "Tier" }];

function fieldsOf(input: Parameters<typeof settleColumns>[2], headers = HEADERS): unknown {
  try {
    return settleColumns(headers, ATTRIBUTES, input).map(({ field }) => field);
  } catch (error) {
    return error instanceof DomainError ? error.fields.map(({ path }) => path) : error;
  }
}

test("columns stand for what was said, and those that were not named for nothing", () => {
  const mapping = { "E-mail": "email", Tier: "attributes.tier", Other: null };
  expect(fieldsOf({ mapping })).toEqual(["email", null, "attributes.tier", null]);
});

test("without a word they are guessed", () => {
  expect(fieldsOf({})).toEqual(["email", "name", "attributes.tier", null]);
});

test("what there is not is refused", () => {
  const mapping = { "E-mail": "email", Nothing: "name", Other: "attributes.colour" };
  expect(fieldsOf({ mapping })).toEqual(["mapping.Nothing", "mapping.Other"]);
});

test("two columns of what a contact has one of are refused; of others they add up", () => {
  expect(fieldsOf({ mapping: { "E-mail": "email", Customer: "name", Other: "name" } })).toEqual(["mapping.Other"]);
  expect(fieldsOf({ mapping: { "E-mail": "email", Other: "email" } })).toEqual(["email", null, null, "email"]);
  // Of the same header: both columns are meant.
  expect(fieldsOf({ mapping: { Mail: "email" } }, ["Mail", "Mail"])).toEqual(["email", "email"]);
  expect(fieldsOf({ mapping: { Mail: "email", Name: "name" } }, ["Mail", "Name", "Name"])).toEqual(["mapping.Name"]);
});

test("a file by which nobody is known is refused, unless it is only tried", () => {
  expect(fieldsOf({}, ["Customer", "Other"])).toEqual(["mapping"]);
  expect(fieldsOf({ dryRun: true }, ["Customer", "Other"])).toEqual(["name", null]);
});

test("the ids of contacts are enough to know them by", () => {
  expect(fieldsOf({}, ["contactId", "Customer"])).toEqual(["contactId", "name"]);
});

test("names that every object has are columns like others", () => {
  expect(fieldsOf({ mapping: { "E-mail": "email" } }, ["E-mail", "toString", "__proto__"])).toEqual([
    "email",
    null,
    null,
  ]);
});
