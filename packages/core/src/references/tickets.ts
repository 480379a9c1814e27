import { statement, type Statement, type TicketPriority, type TicketStatus } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { Finder } from "../listed/index.ts";
import { findAllByKey, findByKey, type Keyed, type Source } from "./find-references.ts";
import type { TicketRefJson } from "./schemas.ts";

interface TicketRefRow {
  id: string;
  /** As the driver reads it. */
  number: string;
  status: TicketStatus;
  priority: TicketPriority;
  subject: string | null;
}

const COLUMNS = "t.id, t.number, t.status, t.priority, t.subject";

const of = (find: Statement<Keyed<TicketRefRow>>): Source<TicketRefRow, TicketRefJson> => ({
  needs: ["tickets.read"],
  find,
  toRef: toTicketRef,
});

// ticket_pkey
const BY_ID = statement<Keyed<TicketRefRow>>(
  "ticket_refs_find",
  `select t.id as key, ${COLUMNS}
     from unnest($2::uuid[]) k (id) join ticket t on t.tenant_id = $1 and t.id = k.id`,
);

// ticket_tenant_id_conversation_id_created_at_idx
const UNFINISHED_BY_CONVERSATION = statement<Keyed<TicketRefRow>>(
  "ticket_refs_of_conversations_find",
  `select t.conversation_id as key, ${COLUMNS}
     from unnest($2::uuid[]) k (id)
     join ticket t on t.tenant_id = $1 and t.conversation_id = k.id and t.status not in ('RESOLVED', 'CLOSED')
    order by t.created_at desc, t.id desc`,
);

export function ticketOf<Item>(idOf: (item: Item) => string | null): Finder<Item, TicketRefJson | null> {
  return findByKey(of(BY_ID), idOf);
}

/** The unfinished tickets of the conversation whose id an item has, newest first. */
export function unfinishedTicketsOf<Item>(idOf: (item: Item) => string): Finder<Item, TicketRefJson[]> {
  return findAllByKey(of(UNFINISHED_BY_CONVERSATION), idOf);
}

function toTicketRef({ id, number, status, priority, subject }: TicketRefRow): TicketRefJson {
  return { id, number: Number(number), status: toJsonEnum(status), priority: toJsonEnum(priority), subject };
}
