import fc from "fast-check";
import { expect, test } from "vitest";
import { createArrivalIds, idWithinArrival, nameBasedId, newId } from "./ids.ts";

test("ids sort in the order in which they were made", () => {
  const ids = Array.from({ length: 1_000 }, newId);
  expect(ids.toSorted()).toEqual(ids);
});

test("what arrivals brought sorts by arrival and then by position, also within a millisecond or a clock that steps back", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 1, max: 20 })), { maxLength: 40 }),
      (steps) => {
        let nowMs = 1_767_225_600_000;
        const nextArrival = createArrivalIds({ now: () => new Date(nowMs) });
        const ids: string[] = [];
        for (const [step, parts] of steps) {
          nowMs += step;
          const arrival = nextArrival();
          ids.push(arrival, ...Array.from({ length: parts }, (_empty, position) => idWithinArrival(arrival, position)));
        }
        expect(ids.toSorted()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      },
    ),
  );
});

test("an id of a name is the same for the same name in the same namespace, and for nothing else", () => {
  // RFC 9562, appendix A.4.
  const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  expect(nameBasedId(dns, "www.example.com")).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
  expect(nameBasedId(newId(), "www.example.com")).not.toBe(nameBasedId(newId(), "www.example.com"));
});
