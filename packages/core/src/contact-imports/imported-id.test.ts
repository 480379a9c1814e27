import { newId } from "@parley/runtime";
import { expect, test } from "vitest";
import { importedId, readContactId, timeOf } from "./imported-id.ts";

test("an id that follows from another is one, the same each time, and another one for each company", () => {
  const [given, tenant, other] = [newId(), newId(), newId()];
  const id = importedId(tenant, given);
  expect(readContactId(id)).toBe(id);
  expect(importedId(tenant, given)).toBe(id);
  expect(new Set([given, id, importedId(other, given), importedId(tenant, newId())]).size).toBe(4);
});

test("it is as old as that", () => {
  const given = newId();
  expect(timeOf(importedId(newId(), given))).toBe(timeOf(given));
});

test.each(["", "4711", crypto.randomUUID(), `${newId()}0`, "00000000-0000-0000-0000-000000000000"])(
  "%s is the id of no contact",
  (text) => {
    expect(readContactId(text)).toBeUndefined();
  },
);
