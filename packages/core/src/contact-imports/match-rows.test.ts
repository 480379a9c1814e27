import type { IdentifierType } from "@parley/db";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyOf, matchRows, twinOf } from "./match-rows.ts";
import { RowRefusal, type ContactRow } from "./read-row.ts";

const rowOf = (...identifiers: [IdentifierType, string][]): ContactRow => ({
  name: null,
  identifiers: identifiers.map(([type, value]) => ({ type, value })),
  tags: [],
  attributes: {},
  metadata: {},
});

function match(rows: readonly ContactRow[], known: Record<string, string> = {}, skipsMatches = false) {
  let made = 0;
  const newId = () => `new ${(made += 1)}`;
  return matchRows(rows, (identifier) => known[keyOf(identifier)], { skipsMatches, newId });
}

function told(rows: readonly ContactRow[], known?: Record<string, string>): string[] {
  const { found } = match(rows, known);
  return rows.map((row) => {
    const result = found.get(row);
    return result instanceof RowRefusal ? result.message : (result?.id ?? "");
  });
}

describe("a row is", () => {
  test("of whoever has its identifiers, and adds those that are missing", () => {
    const row = rowOf(["EMAIL", "a"], ["PHONE", "+1"]);
    const { contacts } = match([row], { "EMAIL a": "known" });
    expect(contacts).toEqual([{ id: "known", isNew: false, claimed: [{ type: "PHONE", value: "+1" }], rows: [row] }]);
  });

  test("of the contact that an earlier row has made", () => {
    expect(told([rowOf(["EMAIL", "a"]), rowOf(["EMAIL", "b"]), rowOf(["EMAIL", "a"], ["PHONE", "+1"])])).toEqual([
      "new 1",
      "new 2",
      "new 1",
    ]);
    expect(told([rowOf(["EMAIL", "a"], ["PHONE", "+1"]), rowOf(["PHONE", "+1"])])).toEqual(["new 1", "new 1"]);
  });

  test("of whoever writes from the number on WhatsApp that it names as a phone, and the other way", () => {
    expect(told([rowOf(["PHONE", "+1"])], { "WHATSAPP +1": "known" })).toEqual(["known"]);
    expect(told([rowOf(["WHATSAPP", "+1"])], { "PHONE +1": "known" })).toEqual(["known"]);
    expect(told([rowOf(["PHONE", "+1"]), rowOf(["WHATSAPP", "+1"])])).toEqual(["new 1", "new 1"]);
    expect(told([rowOf(["PHONE", "+1"])], { "WHATSAPP +1": "other", "PHONE +1": "own" })).toEqual(["own"]);
  });

  test("refused when it is of two, who were there or whom the file has made", () => {
    const both = rowOf(["EMAIL", "a"], ["PHONE", "+1"]);
    const refusal = "belongs to two contacts: email is one's, phone another's";
    expect(told([both], { "EMAIL a": "one", "PHONE +1": "other" })).toEqual([refusal]);
    expect(told([rowOf(["EMAIL", "a"]), rowOf(["PHONE", "+1"]), both])).toEqual(["new 1", "new 2", refusal]);
  });
});

test("what is to be skipped claims nothing", () => {
  const rows = [rowOf(["EMAIL", "a"]), rowOf(["EMAIL", "a"], ["PHONE", "+1"]), rowOf(["PHONE", "+1"])];
  const { contacts } = match(rows, {}, true);
  expect(contacts.map(({ claimed }) => claimed.map(keyOf))).toEqual([["EMAIL a"], ["PHONE +1"]]);
});

test("whatever the rows, an identifier is claimed once at most, and by the contact of its row", () => {
  const identifiers = fc.tuple(
    fc.constantFrom<IdentifierType>("EMAIL", "PHONE", "WHATSAPP"),
    fc.constantFrom("1", "2", "3", "4"),
  );
  const rows = fc.array(fc.array(identifiers, { minLength: 1, maxLength: 3 }), { maxLength: 20 });
  const known = fc.dictionary(
    fc.constantFrom("EMAIL 1", "PHONE 2", "WHATSAPP 3", "EMAIL 4"),
    fc.constantFrom("one", "two"),
  );
  fc.assert(
    fc.property(rows, known, (drawn, held) => {
      const read = drawn.map((each) => rowOf(...each));
      const { contacts, found } = match(read, held);
      const claimed = contacts.flatMap(({ id, claimed: keys }) => keys.map((each) => [keyOf(each), id] as const));
      expect(new Set(claimed.map(([key]) => key)).size).toBe(claimed.length);
      const holders = new Map([...Object.entries(held), ...claimed]);
      for (const row of read) {
        const result = found.get(row);
        if (result === undefined || result instanceof RowRefusal) continue;
        for (const identifier of row.identifiers) {
          const twin = twinOf(identifier);
          expect([holders.get(keyOf(identifier)), twin && holders.get(keyOf(twin))]).toContain(result.id);
        }
      }
    }),
  );
});
