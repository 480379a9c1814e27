import { statement, type Statement } from "@parley/db";
import { CONTACT_IDENTIFIERS, toIdentifierJson, type HeldIdentifier } from "../contacts/index.ts";
import type { Finder } from "../listed/index.ts";
import { findByKey, type Keyed, type Source } from "./find-references.ts";
import type { ContactRefJson } from "./schemas.ts";

/** What is read of a contact to refer to it. */
export interface ContactRefRow {
  id: string;
  name: string | null;
  blockedAt: Date | null;
  identifiers: readonly HeldIdentifier[];
}

const COLUMNS = `c.id, c.name, c.blocked_at as "blockedAt", ${CONTACT_IDENTIFIERS}`;

const of = (find: Statement<Keyed<ContactRefRow>>): Source<ContactRefRow, ContactRefJson> => ({
  needs: ["contacts.read"],
  find,
  toRef: toContactRef,
});

// contact_pkey
const BY_ID = statement<Keyed<ContactRefRow>>(
  "contact_refs_find",
  `select k.id as key, ${COLUMNS}
     from unnest($2::uuid[]) k (id) join contact c on c.tenant_id = $1 and c.id = k.id`,
);

// conversation_pkey, contact_pkey
const BY_CONVERSATION = statement<Keyed<ContactRefRow>>(
  "contact_refs_of_conversations_find",
  `select k.id as key, ${COLUMNS}
     from unnest($2::uuid[]) k (id)
     join conversation v on v.tenant_id = $1 and v.id = k.id
     join contact c on c.tenant_id = $1 and c.id = v.contact_id`,
);

export function toContactRef({ id, name, blockedAt, identifiers }: ContactRefRow): ContactRefJson {
  return { id, name, isBlocked: blockedAt !== null, identifiers: identifiers.map(toIdentifierJson) };
}

/** The contact whose id an item has. */
export function contactOf<Item>(idOf: (item: Item) => string): Finder<Item, ContactRefJson | null> {
  return findByKey(of(BY_ID), idOf);
}

/** Whom the conversation is with whose id an item has. */
export function contactOfConversation<Item>(idOf: (item: Item) => string): Finder<Item, ContactRefJson | null> {
  return findByKey(of(BY_CONVERSATION), idOf);
}
