import type { Identifier } from "./identifier.ts";

/** Identifiers that belong to one person, because some message carried them together. */
export interface IdentifierGroup {
  tenantId: string;
  identifiers: Map<string, Identifier>;
  name?: string | undefined;
}

export interface PersonSeen {
  tenantId: string;
  identifiers: readonly Identifier[];
  name?: string | undefined;
}

export function identifierKey(tenantId: string, identifier: Identifier): string {
  return `${tenantId} ${identifier.type} ${identifier.value}`;
}

/**
 * Joins people who share an identifier, within their tenant. The result maps each of `people`, by position, to its
 * group; the first name seen is kept.
 */
export function groupIdentifiers(people: readonly PersonSeen[]): IdentifierGroup[] {
  const groupOfKey = new Map<string, IdentifierGroup>();
  for (const person of people) {
    const group: IdentifierGroup = { tenantId: person.tenantId, identifiers: new Map(), name: person.name };
    for (const identifier of person.identifiers) {
      const key = identifierKey(person.tenantId, identifier);
      group.identifiers.set(key, identifier);
      const earlier = groupOfKey.get(key);
      if (!earlier) continue;
      group.name = earlier.name ?? group.name;
      for (const [earlierKey, earlierIdentifier] of earlier.identifiers)
        group.identifiers.set(earlierKey, earlierIdentifier);
    }
    for (const key of group.identifiers.keys()) groupOfKey.set(key, group);
  }
  return people.map((person) => groupOf(groupOfKey, person));
}

function groupOf(groupOfKey: Map<string, IdentifierGroup>, person: PersonSeen): IdentifierGroup {
  const [first] = person.identifiers;
  const group = first && groupOfKey.get(identifierKey(person.tenantId, first));
  if (!group) throw new Error("a person without identifiers cannot be grouped");
  return group;
}
