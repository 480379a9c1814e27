import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldsAfterUndo, mergedFields, type ContactFields } from "./merged-fields.ts";

const nobody: ContactFields = { name: null, tags: [], metadata: {}, attributes: {}, blockedAt: null };

test("the target's own goes first, and the source fills what is missing", () => {
  const target = {
    ...nobody,
    name: "Customer One",
    tags: ["vip", "b2b"],
    metadata: { a: 1 },
    attributes: { tier: "gold" },
  };
  const source = { ...nobody, name: "One", tags: ["b2b", "new"], metadata: { a: 2, b: 3 }, attributes: { size: 4 } };
  expect(mergedFields(target, source)).toEqual({
    name: "Customer One",
    tags: ["vip", "b2b", "new"],
    metadata: { a: 1, b: 3 },
    attributes: { tier: "gold", size: 4 },
    blockedAt: null,
  });
});

test("who is blocked stays blocked, since the earlier block", () => {
  const [early, late] = ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"];
  expect(mergedFields(nobody, { ...nobody, blockedAt: late }).blockedAt).toBe(late);
  expect(mergedFields({ ...nobody, blockedAt: late }, { ...nobody, blockedAt: early }).blockedAt).toBe(early);
});

test("an undo takes back what the merge brought, and nothing that somebody has changed since", () => {
  const before = { ...nobody, tags: ["vip"], metadata: { a: 1 } };
  const after = mergedFields(before, { ...nobody, name: "One", tags: ["new", "b2b"], metadata: { b: 2, c: 3 } });
  const now = { ...after, tags: ["vip", "new", "late"], metadata: { a: 5, b: 2, c: 4 } };
  expect(fieldsAfterUndo(now, { before, after })).toEqual({
    ...nobody,
    tags: ["vip", "late"],
    metadata: { a: 5, c: 4 },
  });
  expect(fieldsAfterUndo({ ...now, name: "Other" }, { before, after }).name).toBe("Other");
});

test("an undo at once leaves the target as it was, whatever the two had", () => {
  const values = fc.dictionary(
    fc.constantFrom("a", "b", "c"),
    fc.oneof(fc.integer(), fc.string(), fc.array(fc.integer())),
  );
  const fields = fc.record({
    name: fc.option(fc.constantFrom("One", "Two")),
    tags: fc.uniqueArray(fc.constantFrom("x", "y", "z")),
    metadata: values,
    attributes: values,
    blockedAt: fc.option(fc.constantFrom("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z")),
  });
  fc.assert(
    fc.property(fields, fields, (before, source) => {
      const after = mergedFields(before, source);
      expect(fieldsAfterUndo(after, { before, after })).toEqual(before);
    }),
  );
});
