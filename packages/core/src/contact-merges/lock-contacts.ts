import { columnsOf, Prisma, sqlOf, statement, TransactionConflict, together, type AnyTx } from "@parley/db";
import { CONVERSATION_COLUMNS, type LockedConversation } from "../conversations/index.ts";

export type LockedContact = Prisma.ContactGetPayload<object>;
export type LockedIdentifier = Prisma.ContactIdentifierGetPayload<object>;
export type LockedTicket = Pick<
  Prisma.TicketGetPayload<object>,
  "id" | "conversationId" | "contactId" | "status" | "splitFromId" | "createdAt"
>;

/** Everything of some contacts, held until the transaction ends. */
export interface LockedContacts {
  contacts: ReadonlyMap<string, LockedContact>;
  identifiers: readonly LockedIdentifier[];
  conversations: readonly LockedConversation[];
  tickets: readonly LockedTicket[];
}

const IDENTIFIER_COLUMNS = columnsOf("k", Prisma.ContactIdentifierScalarFieldEnum);
const CONTACT_COLUMNS = columnsOf("c", Prisma.ContactScalarFieldEnum);

// contact_identifier_tenant_id_contact_id_idx. In the order in which they are claimed everywhere.
const LOCK_IDENTIFIERS = statement<LockedIdentifier>(
  "merge_lock_identifiers",
  `select ${IDENTIFIER_COLUMNS} from contact_identifier k
    where k.tenant_id = $1 and k.contact_id = any($2) order by k.type, k.value for update`,
);
// contact_pkey
const LOCK_CONTACTS = statement<LockedContact>(
  "merge_lock_contacts",
  `select ${CONTACT_COLUMNS} from contact c where c.tenant_id = $1 and c.id = any($2) order by c.id for no key update`,
);
// conversation_tenant_id_contact_id_idx
const LOCK_CONVERSATIONS = statement<LockedConversation>(
  "merge_lock_conversations",
  `select ${CONVERSATION_COLUMNS} from conversation c
    where c.tenant_id = $1 and c.contact_id = any($2) order by c.id for no key update`,
);
// ticket_tenant_id_contact_id_created_at_idx
const LOCK_TICKETS = statement<LockedTicket>(
  "merge_lock_tickets",
  `select t.id, t.conversation_id as "conversationId", t.contact_id as "contactId", t.status,
          t.split_from_id as "splitFromId", t.created_at as "createdAt"
     from ticket t where t.tenant_id = $1 and t.contact_id = any($2) order by t.id for no key update`,
);
// contact_pkey. Whoever opens something for one of them waits from now on, as they must refer to it.
const HOLD = statement<object>(
  "merge_hold_contacts",
  "select from contact c where c.tenant_id = $1 and c.id = any($2) order by c.id for update",
);
const FIND_ALL = statement<{ id: string }>(
  "merge_find_all",
  `select c.id from conversation c where c.tenant_id = $1 and c.contact_id = any($2)
   union all
   select t.id from ticket t where t.tenant_id = $1 and t.contact_id = any($2)`,
);

/**
 * Locks some contacts with all that hangs on them, in the order of locks: identifiers, contacts, conversations, tickets. At
 * the end the contacts are locked once more, so that nothing is added to them any more; before, whoever holds a conversation
 * may have to add a ticket. What was added until then is not among what is locked: then this throws
 * `TransactionConflict`, and the transaction begins anew. Who does not exist is left out.
 */
export async function lockContacts(tx: AnyTx, tenantId: string, ids: readonly string[]): Promise<LockedContacts> {
  const sql = sqlOf(tx);
  const values = [tenantId, ids];
  const [identifiers, contacts, conversations, tickets, , all] = await together([
    sql.rows(LOCK_IDENTIFIERS, values),
    sql.rows(LOCK_CONTACTS, values),
    sql.rows(LOCK_CONVERSATIONS, values),
    sql.rows(LOCK_TICKETS, values),
    sql.rows(HOLD, values),
    sql.rows(FIND_ALL, values),
  ]);
  const locked = new Set([...conversations, ...tickets].map(({ id }) => id));
  if (all.length !== locked.size || all.some(({ id }) => !locked.has(id))) {
    throw new TransactionConflict("something was added to contacts while they were locked");
  }
  return { contacts: new Map(contacts.map((contact) => [contact.id, contact])), identifiers, conversations, tickets };
}
