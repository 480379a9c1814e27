import type { AssignmentMethod, Availability } from "@parley/db";

/** A ticket that nobody has, with the policy that it goes by. */
export interface WaitingTicket {
  id: string;
  policyId: string;
  tags: readonly string[];
  /** Who had the contact's last ticket, where the policy is sticky. */
  lastHolderId: string | null;
}

/** Somebody who may be given tickets. */
export interface Person {
  userId: string;
  availability: Availability;
  /** How many unfinished tickets they have now, and how many they are given at most. */
  load: number;
  capacity: number;
  skills: readonly string[];
}

export interface PolicyRules {
  id: string;
  method: Exclude<AssignmentMethod, "MANUAL">;
  isSticky: boolean;
  bySkills: boolean;
  /** Whose tickets these are, with the number of their last turn; 0: none yet. */
  turns: ReadonlyMap<string, number>;
  /** The highest number that was drawn, by whomever. */
  lastTurn: number;
}

export interface Assignment {
  ticketId: string;
  policyId: string;
  userId: string;
  /** Of the policy: whoever has the lowest waits longest. */
  turn: number;
}

export interface Distribution {
  /** In the order in which they are to be given. */
  tickets: readonly WaitingTicket[];
  policies: readonly PolicyRules[];
  people: readonly Person[];
  /** Every tag that is anybody's skill in the tenant, whether they are there or not. */
  skillTags: ReadonlySet<string>;
}

type Load = Pick<Person, "load" | "capacity">;

/**
 * Gives each ticket to one of its policy's people who is online, has room and, if the policy asks, every skill that the
 * ticket needs. A sticky policy first looks at whoever had the contact's last ticket; ROUND_ROBIN at whose last turn is
 * longest ago; LEAST_LOADED at whose load is the least of their capacity, and between equals at turns. A ticket that
 * nobody can be given is left out and does not hold up those behind it. Every assignment is a turn, and counts at once
 * against the person's capacity under every policy.
 */
export function distribute({ tickets, policies, people, skillTags }: Distribution): Assignment[] {
  const rulesOf = new Map(policies.map((rules) => [rules.id, startTurns(rules)]));
  const online = people.filter(({ availability }) => availability === "ONLINE").map((person) => ({ ...person }));
  const assignments: Assignment[] = [];
  for (const ticket of tickets) {
    const rules = rulesOf.get(ticket.policyId);
    if (!rules) continue;
    const needed = rules.bySkills ? ticket.tags.filter((tag) => skillTags.has(tag)) : [];
    const able = online.filter(
      (person) =>
        person.load < person.capacity &&
        rules.turns.has(person.userId) &&
        needed.every((skill) => person.skills.includes(skill)),
    );
    const chosen = stickTo(able, ticket, rules) ?? firstOf(able, rules);
    if (!chosen) continue;
    chosen.load += 1;
    rules.lastTurn += 1;
    rules.turns.set(chosen.userId, rules.lastTurn);
    assignments.push({
      ticketId: ticket.id,
      policyId: rules.id,
      userId: chosen.userId,
      turn: rules.lastTurn,
    });
  }
  return assignments;
}

/** A policy's rules with turns that are counted on here. */
interface TurnKeeping extends PolicyRules {
  turns: Map<string, number>;
}

function startTurns(rules: PolicyRules): TurnKeeping {
  return { ...rules, turns: new Map(rules.turns) };
}

function stickTo(able: readonly Person[], { lastHolderId }: WaitingTicket, rules: PolicyRules): Person | undefined {
  if (!rules.isSticky || lastHolderId === null) return undefined;
  return able.find(({ userId }) => userId === lastHolderId);
}

function firstOf(able: readonly Person[], rules: PolicyRules): Person | undefined {
  let first: Person | undefined;
  for (const person of able) {
    if (!first || comesBefore(person, first, rules)) first = person;
  }
  return first;
}

function comesBefore(person: Person, other: Person, { method, turns }: PolicyRules): boolean {
  const byLoad = method === "LEAST_LOADED" ? compareLoads(person, other) : 0;
  if (byLoad !== 0) return byLoad < 0;
  const byTurn = (turns.get(person.userId) ?? 0) - (turns.get(other.userId) ?? 0);
  return byTurn === 0 ? person.userId < other.userId : byTurn < 0;
}

/** By the share of the capacity that is used, without dividing: shares that are equal compare as equal. */
function compareLoads(person: Load, other: Load): number {
  return person.load * other.capacity - other.load * person.capacity;
}
