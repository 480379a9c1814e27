import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFairQueue } from "./fair-queue.ts";

const drain = <Item>(queue: { next(): Item | undefined }): Item[] => {
  const items: Item[] = [];
  for (let item = queue.next(); item !== undefined; item = queue.next()) items.push(item);
  return items;
};

describe("a fair queue", () => {
  test("serves owners in turn, and each owner's in order", () => {
    const queue = createFairQueue<string>(10);
    for (const item of ["a1", "a2", "a3", "b1", "c1", "b2"]) queue.add(item.charAt(0), item);
    expect(drain(queue)).toEqual(["a1", "b1", "c1", "a2", "b2", "a3"]);
  });

  test("once it is full, takes the last of whoever has most for somebody who has fewer", () => {
    const queue = createFairQueue<string>(4);
    for (const item of ["a1", "a2", "a3", "b1"]) expect(queue.add(item.charAt(0), item)).toBeUndefined();
    expect(queue.add("c", "c1")).toBe("a3");
    expect(drain(queue)).toEqual(["a1", "b1", "c1", "a2"]);
  });

  test("once it is full, refuses whoever has most, and whoever would have", () => {
    const queue = createFairQueue<string>(3);
    for (const item of ["a1", "a2", "b1"]) queue.add(item.charAt(0), item);
    expect(queue.add("a", "a3")).toBe("a3");
    expect(queue.add("b", "b2")).toBe("b2");
    expect(drain(queue)).toEqual(["a1", "b1", "a2"]);
  });

  test("is of use again when it was empty", () => {
    const queue = createFairQueue<string>(1);
    expect(queue.next()).toBeUndefined();
    queue.add("a", "a1");
    expect(drain(queue)).toEqual(["a1"]);
    expect(queue.add("b", "b1")).toBeUndefined();
    expect(drain(queue)).toEqual(["b1"]);
  });

  test("loses nobody, keeps no more than it may, and delays nobody by more than one of each other owner", () => {
    const steps = fc.array(fc.option(fc.constantFrom("a", "b", "c", "d"), { nil: null }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), (asked, most) => {
        const queue = createFairQueue<string>(most);
        const inside = new Set<string>();
        let added = 0;
        for (const owner of asked) {
          if (owner === null) {
            const item = queue.next();
            expect(inside.delete(item ?? "")).toBe(item !== undefined);
            continue;
          }
          const item = `${owner}${(added += 1)}`;
          inside.add(item);
          const left = queue.add(owner, item);
          if (left !== undefined) expect(inside.delete(left)).toBe(true);
          expect(inside.size).toBeLessThanOrEqual(most);
        }
        const owners = new Set([...inside].map((item) => item.charAt(0)));
        const served = drain(queue);
        expect(new Set(served)).toEqual(inside);
        const first = served.slice(0, owners.size).map((item) => item.charAt(0));
        expect(new Set(first)).toEqual(owners);
      }),
    );
  });
});
