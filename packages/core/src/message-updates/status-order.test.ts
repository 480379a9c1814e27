import type { MessageStatus } from "@parley/db";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isFurther, stepsForward } from "./status-order.ts";

const provided = fc.constantFrom<MessageStatus>("SENT", "DELIVERED", "READ", "PLAYED", "FAILED");

function applyOneByOne(start: MessageStatus, arrived: readonly MessageStatus[]): MessageStatus {
  return arrived.reduce((current, status) => stepsForward(current, [status]).at(-1) ?? current, start);
}

test("whatever the order, repetition and grouping in which statuses arrive, the message ends in the same one", () => {
  fc.assert(
    fc.property(fc.array(provided, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (arrived, noise) => {
      const shuffled = arrived
        .flatMap((status) => [status, status])
        .map((status) => ({ status, key: noise.next().value ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ status }) => status);
      const together = stepsForward("SENDING", arrived).at(-1) ?? "SENDING";
      expect(applyOneByOne("SENDING", shuffled)).toBe(together);
    }),
  );
});

test("a status never goes backwards", () => {
  fc.assert(
    fc.property(fc.array(provided, { maxLength: 20 }), (arrived) => {
      let current: MessageStatus = "QUEUED";
      for (const status of arrived) {
        const next: MessageStatus = stepsForward(current, [status]).at(-1) ?? current;
        expect(next === current || isFurther(next, current)).toBe(true);
        current = next;
      }
    }),
  );
});

test("a late `sent` does not undo a failure, and a proof of delivery does", () => {
  expect(stepsForward("FAILED", ["SENT"])).toEqual([]);
  expect(stepsForward("FAILED", ["DELIVERED"])).toEqual(["DELIVERED"]);
});

test("each step is told once, in the order of advance", () => {
  expect(stepsForward("SENDING", ["READ", "SENT", "DELIVERED", "READ"])).toEqual(["SENT", "DELIVERED", "READ"]);
});
