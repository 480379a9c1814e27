import { TicketStatus } from "@parley/db";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { effectOfMove, isUnfinished, movesFrom, TRANSITIONS, type Mover } from "./transitions.ts";

const STATUSES = Object.values(TicketStatus);
const MOVERS: readonly Mover[] = ["customer", "agent", "manager", "system"];

const status = fc.constantFrom(...STATUSES);
const mover = fc.constantFrom(...MOVERS);

describe("the table of transitions", () => {
  test("says of every move what it means, by whether the work goes on before and after it", () => {
    fc.assert(
      fc.property(status, status, mover, (from, to, by) => {
        const effect = effectOfMove(from, to, by);
        if (effect === undefined) return;
        const meaning = {
          goes_on: [true, true],
          ends: [true, false],
          reopens: [false, true],
          stays_ended: [false, false],
        }[effect];
        expect([from, to, isUnfinished(from), isUnfinished(to)]).toEqual([from, to, ...meaning]);
      }),
    );
  });

  test("has each move once, and none from a status to itself", () => {
    const moves = TRANSITIONS.flatMap(({ from, to }) => from.map((each) => `${each} > ${to}`));
    expect(new Set(moves).size).toBe(moves.length);
    expect(STATUSES.filter((each) => effectOfMove(each, each, "manager"))).toEqual([]);
  });

  test("lets a manager and the system do whatever an agent may", () => {
    for (const from of STATUSES) {
      for (const by of ["manager", "system"] as const) {
        expect(movesFrom(from, by)).toEqual(expect.arrayContaining(movesFrom(from, "agent")));
      }
    }
  });

  test("lets a customer do nothing but bring a ticket back to OPEN", () => {
    expect(STATUSES.map((from) => [from, movesFrom(from, "customer")])).toEqual([
      ["OPEN", []],
      ["PENDING", ["OPEN"]],
      ["WAITING_CUSTOMER", ["OPEN"]],
      ["RESOLVED", ["OPEN"]],
      ["ESCALATED", []],
      ["CLOSED", ["OPEN"]],
    ]);
  });

  test("lets anybody of the staff end what is unfinished", () => {
    for (const from of STATUSES.filter(isUnfinished)) {
      expect(movesFrom(from, "agent")).toEqual(expect.arrayContaining(["RESOLVED", "CLOSED"]));
    }
  });

  test("reopens to OPEN and nothing else, and what is closed only by a manager", () => {
    expect(movesFrom("RESOLVED", "agent")).toEqual(["CLOSED", "OPEN"]);
    expect(movesFrom("CLOSED", "agent")).toEqual([]);
    expect(movesFrom("CLOSED", "manager")).toEqual(["OPEN"]);
  });

  test("leads from every status to every other, in one step or two, for a manager", () => {
    for (const from of STATUSES) {
      const near = movesFrom(from, "manager");
      const far = near.flatMap((each) => movesFrom(each, "manager"));
      expect(new Set([from, ...near, ...far])).toEqual(new Set(STATUSES));
    }
  });
});
