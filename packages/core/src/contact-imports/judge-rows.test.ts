import { describe, expect, test } from "vitest";
import { judgeRows } from "./judge-rows.ts";
import type { MatchedContact } from "./match-rows.ts";
import { EMPTY_STATE } from "./merge-row.ts";
import type { ContactRow } from "./read-row.ts";

const rowOf = (row: Partial<ContactRow>): ContactRow => ({
  ...EMPTY_STATE,
  contactId: null,
  identifiers: [],
  attributes: {},
  ...row,
});
const mail = (value: string) => ({ type: "EMAIL" as const, value });
const mails = (count: number, of = "a") =>
  Array.from({ length: count }, (_none, index) => mail(`${index}@${of}.example`));
const tags = (count: number, of = "a") => Array.from({ length: count }, (_none, index) => `${of}${index}`);
const contactOf = (contact: Partial<MatchedContact>): MatchedContact => ({
  id: "one",
  isNew: false,
  claimed: contact.rows?.flatMap(({ identifiers }) => identifiers) ?? [],
  rows: [],
  ...contact,
});

function judge(contact: MatchedContact, { state = EMPTY_STATE, identifiers = 0 } = {}) {
  const judged = judgeRows([contact], new Map(contact.isNew ? [] : [["one", { state, identifiers }]]), {
    skipsMatches: false,
  });
  const told = contact.rows.map((row) => judged.overfull.get(row)?.message ?? judged.outcomes.get(row));
  return { ...judged, told };
}

describe("a row that would make more of a contact than one may be is refused", () => {
  test("by its tags, and the next one that does not is taken", () => {
    const rows = [rowOf({ tags: tags(30) }), rowOf({ tags: tags(30, "b") }), rowOf({ tags: tags(20, "c") })];
    const { told, after } = judge(contactOf({ isNew: true, rows }));
    expect(told).toEqual(["created", "tags: the contact would have more than 50", "updated"]);
    expect(after.get("one")?.tags).toEqual([...tags(30), ...tags(20, "c")]);
  });

  test("by its metadata", () => {
    const metadata = { a: "x".repeat(10_000) };
    const { told } = judge(contactOf({ rows: [rowOf({ metadata: { b: "x".repeat(10_000) } })] }), {
      state: { ...EMPTY_STATE, metadata },
    });
    expect(told).toEqual(["metadata: with what the contact has it must take at most 16384 bytes"]);
  });

  test("by its identifiers", () => {
    const rows = [rowOf({ identifiers: mails(2) }), rowOf({ identifiers: mails(1, "b") })];
    const { told } = judge(contactOf({ rows }), { identifiers: 99 });
    expect(told).toEqual(["the contact would have more than 100 identifiers", "updated"]);
  });

  test("and who has more already may be told of again", () => {
    const state = { ...EMPTY_STATE, name: "A", tags: tags(60) };
    const rows = [rowOf({ tags: tags(10) }), rowOf({ name: "B" })];
    expect(judge(contactOf({ rows }), { state, identifiers: 120 }).told).toEqual(["unchanged", "updated"]);
  });
});
