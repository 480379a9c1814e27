import fc from "fast-check";
import { expect, test } from "vitest";
import { groupIdentifiers, identifierKey, type PersonSeen } from "./group-identifiers.ts";

const phone = (value: string) => ({ type: "WHATSAPP" as const, value });
const bsuid = (value: string) => ({ type: "WHATSAPP_BSUID" as const, value });

test("people who share an identifier are one group, also through a third", () => {
  const [first, second, third] = groupIdentifiers([
    { tenantId: "t", identifiers: [phone("+1")], name: "One" },
    { tenantId: "t", identifiers: [bsuid("FR.1")] },
    { tenantId: "t", identifiers: [phone("+1"), bsuid("FR.1")] },
  ]);
  expect(first).toBe(third);
  expect(second).toBe(third);
  expect(first?.name).toBe("One");
});

test("the same number in two tenants is two people", () => {
  const [first, second] = groupIdentifiers([
    { tenantId: "t1", identifiers: [phone("+1")] },
    { tenantId: "t2", identifiers: [phone("+1")] },
  ]);
  expect(first).not.toBe(second);
});

test("every identifier ends in exactly one group", () => {
  const person: fc.Arbitrary<PersonSeen> = fc.record({
    tenantId: fc.constantFrom("t1", "t2"),
    identifiers: fc.uniqueArray(
      fc.integer({ min: 0, max: 12 }).map((n) => phone(`+${n}`)),
      {
        minLength: 1,
        maxLength: 3,
        selector: (identifier) => identifier.value,
      },
    ),
  });
  fc.assert(
    fc.property(fc.array(person, { maxLength: 30 }), (people) => {
      const groups = groupIdentifiers(people);
      const owner = new Map<string, unknown>();
      for (const [index, seen] of people.entries()) {
        for (const identifier of seen.identifiers) {
          const key = identifierKey(seen.tenantId, identifier);
          expect(owner.get(key) ?? groups[index]).toBe(groups[index]);
          owner.set(key, groups[index]);
          expect(groups[index]?.identifiers.has(key)).toBe(true);
        }
      }
    }),
  );
});
