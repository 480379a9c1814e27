import type { Random } from "../harness/random.ts";
import type { DrillInbox, Person } from "./people.ts";

/** A message that must end up in the database exactly once. */
export interface PlannedMessage {
  externalId: string;
  inbox: DrillInbox;
  person: Person;
  direction: "INBOUND" | "OUTBOUND";
  text: string;
  /** Unix seconds, as the provider says. */
  writtenAt: number;
  /** Of an echo: what its provider says became of it. */
  statuses: readonly ("sent" | "delivered" | "read")[];
}

/** One thing that a webhook tells. Several make a payload; what is told twice must count once. */
export type Update =
  | { kind: "message"; message: PlannedMessage }
  | { kind: "status"; externalId: string; status: string; phoneNumberId: string; at: number }
  | { kind: "ignored"; id: string; phoneNumberId: string }
  | { kind: "unknown_number"; id: string; at: number };

export interface Traffic {
  messages: PlannedMessage[];
  /** Statuses of messages that nobody will ever tell us of. */
  foreignStatuses: { externalId: string; status: string }[];
  /** In the order in which they are told, duplicates included. */
  updates: Update[];
}

export interface TrafficSize {
  messages: number;
  echoes: number;
  foreignStatuses: number;
  ignored: number;
  unknownNumber: number;
  /** The share of updates that are told again in another payload. */
  duplicates: number;
}

/** A number that no inbox has. */
export const UNKNOWN_PHONE_NUMBER_ID = "999000999000999";
const HOUR_S = 3_600;

/** Everything that the world will tell in one round, shuffled. `nowMs` is when the round began. */
export function planTraffic(
  random: Random,
  people: readonly [Person, ...Person[]],
  size: TrafficSize,
  nowMs: number,
): Traffic {
  const end = Math.floor(nowMs / 1_000);
  const lastWrittenAt = new Map<Person, number>();
  const messages = Array.from({ length: size.messages + size.echoes }, (_empty, index): PlannedMessage => {
    // Some write much more than others.
    const person = people[Math.floor(people.length * random.next() ** 1.5)] ?? people[0];
    // Seconds are all that WhatsApp tells: often two messages of a person share one.
    const writtenAt = (lastWrittenAt.get(person) ?? end - HOUR_S + random.int(0, HOUR_S / 2)) + random.int(0, 3);
    lastWrittenAt.set(person, writtenAt);
    const isEcho = index >= size.messages;
    return {
      externalId: `wamid.drill${String(index).padStart(6, "0")}`,
      inbox: random.pick(person.inboxes),
      person,
      direction: isEcho ? "OUTBOUND" : "INBOUND",
      text: `Message ${index} of ${person.name}: où est ma commande ? 📦`,
      writtenAt,
      statuses: isEcho ? (["sent", "delivered", "read"] as const).slice(0, random.int(0, 3)) : [],
    };
  });
  const foreignStatuses = Array.from({ length: size.foreignStatuses }, (_empty, index) => ({
    externalId: `wamid.foreign${index}`,
    status: random.pick(["sent", "delivered", "read"]),
  }));

  const told: Update[] = [
    ...messages.map((message): Update => ({ kind: "message", message })),
    ...messages.flatMap(({ externalId, inbox, statuses, writtenAt }) =>
      statuses.map((status, index): Update => ({
        kind: "status",
        externalId,
        status,
        phoneNumberId: inbox.phoneNumberId,
        at: writtenAt + index,
      })),
    ),
    ...foreignStatuses.map(({ externalId, status }): Update => {
      const { phoneNumberId } = people[0].inboxes[0];
      return { kind: "status", externalId, status, phoneNumberId, at: end };
    }),
    ...Array.from({ length: size.ignored }, (_empty, index): Update => {
      const { phoneNumberId } = random.pick(people[0].inboxes);
      return { kind: "ignored", id: String(index), phoneNumberId };
    }),
    ...Array.from({ length: size.unknownNumber }, (_empty, index): Update => {
      return { kind: "unknown_number", id: String(index), at: end };
    }),
  ];
  const again = told.filter(() => random.chance(size.duplicates));
  return { messages, foreignStatuses, updates: random.shuffle([...told, ...again]) };
}
