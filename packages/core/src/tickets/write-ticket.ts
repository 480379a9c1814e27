import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { TicketWrite } from "../context/index.ts";
import { TICKET_COLUMNS, toTicketRow, type SelectedTicket, type TicketRow } from "./ticket-row.ts";

/** What a change can write, with the types of the columns. */
const WRITABLE = {
  status: ["status", "ticket_status"],
  priority: ["priority", "ticket_priority"],
  subject: ["subject", "text"],
  category: ["category", "text"],
  sentiment: ["sentiment", "text"],
  orderRef: ["order_ref", "text"],
  tags: ["tags", "text[]"],
  attributes: ["attributes", "jsonb"],
  assigneeId: ["assignee_id", "uuid"],
  teamId: ["team_id", "uuid"],
  resolvedAt: ["resolved_at", "timestamptz"],
  snoozedAt: ["snoozed_at", "timestamptz"],
  snoozedUntil: ["snoozed_until", "timestamptz"],
} as const satisfies Partial<Record<keyof TicketRow, readonly [column: string, type: string]>>;

type Field = keyof typeof WRITABLE;
const FIELDS = Object.keys(WRITABLE) as Field[];

/** The parameters before those of the fields. */
const FIRST = 5;

/** Each field from where it is given, if it is among those that are `written`. */
const assigned = (fields: string, given: (field: Field, index: number) => string): string =>
  FIELDS.map((field, index) => {
    const [column] = WRITABLE[field];
    return `${column} = case when '${field}' = any(${fields}) then ${given(field, index)} else t.${column} end`;
  }).join(",\n          ");

// ticket_pkey. One statement for whatever is written, so that its plan is kept: what $5 does not name stays as it is.
const WRITE = statement<SelectedTicket>(
  "ticket_write",
  `update ticket t
      set updated_at = $3, version = t.version + 1, reopened_count = t.reopened_count + $4,
          ${assigned("$5::text[]", (field, index) => `$${FIRST + 1 + index}::${WRITABLE[field][1]}`)}
    where t.tenant_id = $1 and t.id = $2
   returning ${TICKET_COLUMNS}`,
);

// ticket_pkey. The same for many: a ticket has so many indexes that opening them costs as much as the change.
const WRITE_MANY = statement<SelectedTicket>(
  "tickets_write",
  `update ticket t
      set updated_at = k.updated_at, version = t.version + 1, reopened_count = t.reopened_count + k.reopens,
          ${assigned("k.written", (field) => `k.${WRITABLE[field][0]}`)}
     from jsonb_to_recordset($1) as k (
            tenant_id uuid, id uuid, updated_at timestamptz, reopens int, written text[],
            ${FIELDS.map((field) => WRITABLE[field].join(" ")).join(", ")})
    where t.tenant_id = k.tenant_id and t.id = k.id
   returning ${TICKET_COLUMNS}`,
);

/** Writes a ticket that the caller has locked, with one step of its version, and returns it as it is then. */
export async function writeTicket(tx: AnyTx, write: TicketWrite): Promise<TicketRow> {
  const { tenantId, id, values, updatedAt, reopens } = write;
  const parameters = FIELDS.map((field) =>
    field === "attributes" ? JSON.stringify(values[field]) : (values[field] ?? null),
  );
  const row = [tenantId, id, updatedAt, reopens ? 1 : 0, writtenFields(write), ...parameters];
  const [ticket] = await sqlOf(tx).rows(WRITE, row);
  return written(ticket, id);
}

/** The same for several tickets, each of which is here once; in their order. */
export async function writeTickets(tx: AnyTx, writes: readonly TicketWrite[]): Promise<TicketRow[]> {
  const rows = writes.map((write) => ({
    ...Object.fromEntries(writtenFields(write).map((field) => [WRITABLE[field][0], write.values[field]])),
    tenant_id: write.tenantId,
    id: write.id,
    updated_at: write.updatedAt,
    reopens: write.reopens ? 1 : 0,
    written: writtenFields(write),
  }));
  const tickets = new Map((await sqlOf(tx).rows(WRITE_MANY, [JSON.stringify(rows)])).map((row) => [row.id, row]));
  return writes.map(({ id }) => written(tickets.get(id), id));
}

function writtenFields({ values }: TicketWrite): Field[] {
  return FIELDS.filter((field) => values[field] !== undefined);
}

function written(ticket: SelectedTicket | undefined, id: string): TicketRow {
  if (!ticket) throw new Error(`ticket ${id} is gone although it was locked`);
  return toTicketRow(ticket);
}
