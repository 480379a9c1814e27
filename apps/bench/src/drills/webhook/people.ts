import type { Random } from "../harness/random.ts";

/** An inbox of the drill: a number that customers write to. */
export interface DrillInbox {
  tenantId: string;
  id: string;
  phoneNumberId: string;
}

/** A customer of one tenant, with what WhatsApp tells of them. At least one of phone and user id is there. */
export interface Person {
  tenantId: string;
  name: string;
  phone: string | undefined;
  userId: string | undefined;
  /** Where they write to. */
  inboxes: [DrillInbox, ...DrillInbox[]];
}

/**
 * Most have a phone number, some only a user id, some both. Some phone numbers are customers of two tenants, and some
 * people write to two inboxes of one tenant: then they are one contact with two conversations.
 */
export function inventPeople(random: Random, inboxes: readonly [DrillInbox, ...DrillInbox[]], count: number): Person[] {
  const people: Person[] = [];
  for (let index = 0; index < count; index += 1) {
    const inbox = random.pick(inboxes);
    const second = inboxes.find((other) => other.tenantId === inbox.tenantId && other !== inbox);
    const kind = random.next();
    const known = people[random.int(0, Math.max(index - 1, 0))];
    const sharesPhone = random.chance(0.05) && known?.phone !== undefined && known.tenantId !== inbox.tenantId;
    const ownPhone = `4915${String(100_000_000 + index)}`;
    const phone = kind < 0.1 ? undefined : sharesPhone && !isTaken(people, inbox, known.phone) ? known.phone : ownPhone;
    people.push({
      tenantId: inbox.tenantId,
      name: `Customer ${index} Zoë`,
      phone,
      userId: kind < 0.2 ? `DE.${String(7_000_000_000 + index)}` : undefined,
      inboxes: second && random.chance(0.15) ? [inbox, second] : [inbox],
    });
  }
  return people;
}

function isTaken(people: readonly Person[], inbox: DrillInbox, phone: string | undefined): boolean {
  return people.some((person) => person.tenantId === inbox.tenantId && person.phone === phone);
}

/** The identifiers that their contact must have, as `type value`. */
export function identifiersOf(person: Person): string[] {
  return [
    ...(person.phone === undefined ? [] : [`WHATSAPP +${person.phone}`]),
    ...(person.userId === undefined ? [] : [`WHATSAPP_BSUID ${person.userId}`]),
  ];
}
