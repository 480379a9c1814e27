import type { IdentifierType } from "@parley/db";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyOf, matchRows, twinOf, type KnownContacts } from "./match-rows.ts";
import { RowRefusal, type ContactRow } from "./read-row.ts";

const rowOf = (...identifiers: (readonly [IdentifierType, string])[]): ContactRow => ({
  contactId: null,
  name: null,
  identifiers: identifiers.map(([type, value]) => ({ type, value })),
  tags: [],
  attributes: {},
  metadata: {},
});

const withId = (contactId: string, row = rowOf()): ContactRow => ({ ...row, contactId });

/** `known` by identifiers, and by `CONTACT` ids. */
function match(rows: readonly ContactRow[], known: Record<string, string> = {}, skipsMatches = false) {
  let made = 0;
  const newId = () => `new ${(made += 1)}`;
  const there: KnownContacts = {
    holderOf: (identifier) => known[keyOf(identifier)],
    contactOf: (id) => known[`CONTACT ${id}`],
  };
  return matchRows(rows, there, { skipsMatches, newId, importedId: (id) => `of ${id}` });
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

describe("a row with an id is", () => {
  const email = rowOf(["EMAIL", "a"]);

  test("of whoever is meant by it, and adds its identifiers to them", () => {
    const row = withId("1", email);
    const { contacts } = match([row], { "CONTACT 1": "known" });
    expect(contacts).toEqual([{ id: "known", isNew: false, claimed: row.identifiers, rows: [row] }]);
  });

  test("of whoever has its identifiers, if nobody here is meant by the id", () => {
    expect(told([withId("1", email)], { "EMAIL a": "known" })).toEqual(["known"]);
  });

  test("the beginning of a contact that follows from the id, whom later rows mean by it", () => {
    expect(told([withId("1"), withId("2"), withId("1"), withId("1", email), email])).toEqual([
      "of 1",
      "of 2",
      "of 1",
      "of 1",
      "of 1",
    ]);
  });

  test("refused when the id is of one and an identifier of another", () => {
    const refusal = "belongs to two contacts: contactId is one's, email another's";
    expect(told([withId("1", email)], { "CONTACT 1": "one", "EMAIL a": "other" })).toEqual([refusal]);
    expect(told([withId("1"), email, withId("1", email)])).toEqual(["of 1", "new 1", refusal]);
  });

  test("told apart from its neighbours in the same way, however the file is cut", () => {
    const draw = fc.record({
      contactId: fc.option(fc.constantFrom("1", "2")),
      mails: fc.subarray(["a", "b", "c"]),
    });
    const held = fc.dictionary(fc.constantFrom("EMAIL a", "EMAIL b", "CONTACT 1"), fc.constantFrom("one", "two"));
    fc.assert(
      fc.property(fc.array(draw, { maxLength: 12 }), held, fc.boolean(), (drawn, known, skips) => {
        const rows = drawn
          .filter(({ contactId, mails }) => contactId !== null || mails.length > 0)
          .map(({ contactId, mails }) => ({ ...rowOf(...mails.map((mail) => ["EMAIL", mail] as const)), contactId }));
        const whole = match(rows, known, skips).found;
        const now: Record<string, string> = { ...known };
        // What is new without an id is called differently each time.
        const names = new Map<string, string>();
        for (const [index, row] of rows.entries()) {
          const { contacts, found } = match([row], now, skips);
          const [alone, together] = [found.get(row), whole.get(row)];
          expect(alone instanceof RowRefusal ? alone.message : "taken").toBe(
            together instanceof RowRefusal ? together.message : "taken",
          );
          if (alone === undefined || together === undefined) continue;
          if (alone instanceof RowRefusal || together instanceof RowRefusal) continue;
          const id = alone.isNew && row.contactId === null ? `row ${index}` : alone.id;
          expect(names.get(id) ?? together.id).toBe(together.id);
          names.set(id, together.id);
          for (const { claimed } of contacts) for (const each of claimed) now[keyOf(each)] = id;
          if (alone.isNew && row.contactId !== null) now[`CONTACT ${row.contactId}`] = id;
        }
      }),
    );
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
