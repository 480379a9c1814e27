import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { distribute, type Distribution, type Person, type PolicyRules, type WaitingTicket } from "./distribute.ts";

const ticket = (id: string, more: Partial<WaitingTicket> = {}): WaitingTicket => ({
  id,
  policyId: "policy",
  tags: [],
  lastHolderId: null,
  ...more,
});
const person = (userId: string, more: Partial<Person> = {}): Person => ({
  userId,
  availability: "ONLINE",
  load: 0,
  capacity: 20,
  skills: [],
  ...more,
});
const rules = (people: readonly Person[], more: Partial<PolicyRules> = {}): PolicyRules => ({
  id: "policy",
  method: "ROUND_ROBIN",
  isSticky: false,
  bySkills: false,
  turns: new Map(people.map(({ userId }) => [userId, 0])),
  lastTurn: 0,
  ...more,
});

/** Who is given the tickets, in the order of the tickets; "" where nobody is. */
function holders(people: readonly Person[], tickets: readonly WaitingTicket[], more: Partial<PolicyRules> = {}) {
  const skillTags = new Set(people.flatMap(({ skills }) => skills));
  const given = distribute({ tickets, people, policies: [rules(people, more)], skillTags });
  const holder = new Map(given.map(({ ticketId, userId }) => [ticketId, userId]));
  return tickets.map(({ id }) => holder.get(id) ?? "");
}

const tickets = (count: number): WaitingTicket[] => Array.from({ length: count }, (_empty, n) => ticket(`t${n}`));

describe("round robin", () => {
  test("begins with whoever waits longest, and who never had a turn has waited longest", () => {
    const people = [person("a"), person("b"), person("c")];
    const turns = new Map([
      ["a", 7],
      ["b", 5],
      ["c", 0],
    ]);
    expect(holders(people, tickets(5), { turns, lastTurn: 7 })).toEqual(["c", "b", "a", "c", "b"]);
  });

  test("counts turns on from the policy's last one, whoever had that", () => {
    const people = [person("a")];
    const given = distribute({
      tickets: tickets(2),
      people,
      policies: [rules(people, { lastTurn: 41 })],
      skillTags: new Set(),
    });
    expect(given.map(({ turn }) => turn)).toEqual([42, 43]);
  });

  test("passes over who has no room, and over who is not online", () => {
    const people = [
      person("a", { availability: "OFFLINE" }),
      person("b", { availability: "AWAY" }),
      person("c", { load: 20 }),
      person("d", { capacity: 0 }),
      person("e", { load: 18 }),
    ];
    expect(holders(people, tickets(3))).toEqual(["e", "e", ""]);
  });

  test("gives only to the policy's people", () => {
    const people = [person("a"), person("b")];
    expect(holders(people, tickets(2), { turns: new Map([["b", 3]]), lastTurn: 3 })).toEqual(["b", "b"]);
  });
});

describe("least loaded", () => {
  const method = "LEAST_LOADED";

  test("gives to whoever has used the least of their capacity", () => {
    const people = [person("a", { load: 3, capacity: 10 }), person("b", { load: 4, capacity: 40 })];
    expect(holders(people, tickets(9), { method })).toEqual(["b", "b", "b", "b", "b", "b", "b", "b", "a"]);
  });

  test("looks at turns between those who have used as much", () => {
    const people = [person("a", { load: 1, capacity: 10 }), person("b", { load: 2, capacity: 20 })];
    const turns = new Map([
      ["a", 2],
      ["b", 1],
    ]);
    expect(holders(people, [ticket("t")], { method, turns, lastTurn: 2 })).toEqual(["b"]);
  });
});

describe("a sticky policy", () => {
  const isSticky = true;
  const again = ticket("t", { lastHolderId: "b" });

  test("gives to whoever had the contact's last ticket", () => {
    expect(holders([person("a"), person("b")], [again, ticket("u")], { isSticky })).toEqual(["b", "a"]);
  });

  test.each([
    ["is offline", person("b", { availability: "OFFLINE" })],
    ["has no room", person("b", { load: 20 })],
  ])("gives to somebody else when that person %s", (_why, last) => {
    expect(holders([person("a"), last], [again], { isSticky })).toEqual(["a"]);
  });

  test("asks for skills all the same", () => {
    const people = [person("a", { skills: ["french"] }), person("b")];
    const french = { ...again, tags: ["french"] };
    expect(holders(people, [french], { isSticky, bySkills: true })).toEqual(["a"]);
  });

  test("is one only if it says so", () => {
    expect(holders([person("a"), person("b")], [again])).toEqual(["a"]);
  });
});

describe("a policy by skills", () => {
  const bySkills = true;
  const people = [
    person("a"),
    person("b", { skills: ["french"] }),
    person("c", { skills: ["french", "returns"] }),
    person("d", { skills: ["german"], availability: "OFFLINE" }),
  ];

  test("wants every tag that is somebody's skill, and no other", () => {
    const asked = [
      ticket("t", { tags: ["french", "returns", "urgent"] }),
      ticket("u", { tags: ["urgent"] }),
      ticket("v", { tags: ["french"] }),
    ];
    expect(holders(people, asked, { bySkills })).toEqual(["c", "a", "b"]);
  });

  test("lets a ticket wait whose skill nobody has who is there, and goes on with the next", () => {
    expect(holders(people, [ticket("t", { tags: ["german"] }), ticket("u")], { bySkills })).toEqual(["", "a"]);
  });

  test("is one only if it says so", () => {
    expect(holders(people, [ticket("t", { tags: ["german"] })])).toEqual(["a"]);
  });
});

test("what one policy gives counts against the capacity under another", () => {
  const people = [person("a", { capacity: 1 })];
  const given = distribute({
    tickets: [ticket("t"), ticket("u", { policyId: "other" })],
    people,
    policies: [rules(people), rules(people, { id: "other" })],
    skillTags: new Set(),
  });
  expect(given.map(({ ticketId }) => ticketId)).toEqual(["t"]);
});

const userIds = ["a", "b", "c", "d", "e"];
const skillNames = ["french", "returns", "billing"];
const anyDistribution: fc.Arbitrary<Distribution> = fc
  .record({
    people: fc.tuple(
      ...userIds.map((userId) =>
        fc.record({
          userId: fc.constant(userId),
          availability: fc.constantFrom("ONLINE", "ONLINE", "AWAY", "OFFLINE"),
          load: fc.nat(6),
          capacity: fc.nat(6),
          skills: fc.subarray(skillNames),
        }),
      ),
    ),
    policies: fc.tuple(
      ...["p", "q"].map((id) =>
        fc.record({
          id: fc.constant(id),
          method: fc.constantFrom("ROUND_ROBIN", "LEAST_LOADED"),
          isSticky: fc.boolean(),
          bySkills: fc.boolean(),
          turns: fc.subarray(userIds).map((ids) => new Map(ids.map((userId, turn) => [userId, turn]))),
          lastTurn: fc.constant(10),
        }),
      ),
    ),
    tickets: fc.array(
      fc.record({
        policyId: fc.constantFrom("p", "q"),
        tags: fc.subarray([...skillNames, "vip"]),
        lastHolderId: fc.option(fc.constantFrom(...userIds)),
      }),
      { maxLength: 30 },
    ),
  })
  .map(({ people, policies, tickets: asked }) => ({
    people: people as Person[],
    policies: policies as PolicyRules[],
    tickets: asked.map((each, n) => ({ ...each, id: `t${n}` })),
    skillTags: new Set(people.flatMap(({ skills }) => skills)),
  }));

/** Whoever of a ticket's policy may have it, but for room. */
function suitable({ policies, people, skillTags }: Distribution, asked: WaitingTicket): Person[] {
  const policy = policies.find(({ id }) => id === asked.policyId);
  return people.filter(
    ({ userId, availability, skills }) =>
      availability === "ONLINE" &&
      policy?.turns.has(userId) &&
      (!policy.bySkills || asked.tags.every((tag) => !skillTags.has(tag) || skills.includes(tag))),
  );
}

test("nobody is given what is not for them, or more than their capacity, and no ticket is given twice", () => {
  fc.assert(
    fc.property(anyDistribution, (distribution) => {
      const given = distribute(distribution);
      expect(new Set(given.map(({ ticketId }) => ticketId)).size).toBe(given.length);
      for (const { ticketId, userId } of given) {
        const asked = distribution.tickets.find(({ id }) => id === ticketId);
        expect(asked && suitable(distribution, asked).map((each) => each.userId)).toContain(userId);
      }
      for (const { userId, load, capacity } of distribution.people) {
        const count = given.filter((each) => each.userId === userId).length;
        if (count > 0) expect(load + count).toBeLessThanOrEqual(capacity);
      }
    }),
  );
});

test("no ticket waits while somebody could have it", () => {
  fc.assert(
    fc.property(anyDistribution, (distribution) => {
      const given = distribute(distribution);
      const isGiven = new Set(given.map(({ ticketId }) => ticketId));
      const room = ({ userId, load, capacity }: Person): number =>
        capacity - load - given.filter((each) => each.userId === userId).length;
      for (const asked of distribution.tickets.filter(({ id }) => !isGiven.has(id))) {
        expect(suitable(distribution, asked).filter((each) => room(each) > 0)).toEqual([]);
      }
    }),
  );
});

test("turns of a policy count up, so that whoever came last is last again", () => {
  fc.assert(
    fc.property(anyDistribution, (distribution) => {
      for (const { id, lastTurn } of distribution.policies) {
        const turns = distribute(distribution).flatMap((each) => (each.policyId === id ? [each.turn] : []));
        expect(turns).toEqual(turns.map((_turn, n) => lastTurn + 1 + n));
      }
    }),
  );
});

describe.each(["ROUND_ROBIN", "LEAST_LOADED"] as const)("fairness of %s", (method) => {
  const COUNT = 10_000;

  /** One call after another, each with what the last one left, as the tickets arrive: so many each. */
  function counts(sizes: readonly number[], agents: number): number[] {
    const people = Array.from({ length: agents }, (_empty, n) =>
      person(`agent-${String(n).padStart(3, "0")}`, { capacity: COUNT }),
    );
    const policy = { ...rules(people, { method }), turns: new Map(people.map(({ userId }) => [userId, 0])) };
    for (const size of sizes) {
      const given = distribute({ tickets: tickets(size), people, policies: [policy], skillTags: new Set() });
      for (const { userId, turn } of given) {
        policy.turns.set(userId, turn);
        policy.lastTurn = turn;
        const holder = people.find((each) => each.userId === userId);
        if (holder) holder.load += 1;
      }
    }
    return people.map(({ load }) => load);
  }

  test("among equal people, 10,000 assignments differ by one at most, however they arrive", () => {
    const batches = fc
      .array(fc.integer({ min: 1, max: 500 }), { minLength: 20, maxLength: 60 })
      .map((sizes) => [...sizes, Math.max(0, COUNT - sizes.reduce((sum, size) => sum + size, 0))])
      .filter((sizes) => sizes.reduce((sum, size) => sum + size, 0) === COUNT);
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 50 }), (sizes, agents) => {
        const loads = counts(sizes, agents);
        expect(loads.reduce((sum, load) => sum + load, 0)).toBe(COUNT);
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 10 },
    );
  });
});

test("under round robin, whoever comes back after a while catches up by no more than a turn", () => {
  const people = [person("a", { capacity: 100 }), person("b", { capacity: 100 }), person("c", { capacity: 100 })];
  const turns = new Map([
    ["a", 90],
    ["b", 91],
    ["c", 4],
  ]);
  expect(holders(people, tickets(6), { turns, lastTurn: 91 })).toEqual(["c", "a", "b", "c", "a", "b"]);
});
