import { sqlOf, statement, type AnyTx } from "@parley/db";
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

// ticket_pkey. One statement for whatever is written, so that its plan is kept: what $5 does not name stays as it is.
const WRITE = statement<SelectedTicket>(
  "ticket_write",
  `update ticket t
      set updated_at = $3, version = t.version + 1, reopened_count = t.reopened_count + $4,
          ${FIELDS.map((field, index) => {
            const [column, type] = WRITABLE[field];
            return `${column} = case when '${field}' = any($5::text[]) then $${FIRST + 1 + index}::${type} else t.${column} end`;
          }).join(",\n          ")}
    where t.tenant_id = $1 and t.id = $2
   returning ${TICKET_COLUMNS}`,
);

/** What is undefined stays. */
export type TicketValues = { [Name in Field]?: TicketRow[Name] | undefined };

/** Writes a ticket that the caller has locked, with one step of its version, and returns it as it is then. */
export async function writeTicket(
  tx: AnyTx,
  { tenantId, id }: Pick<TicketRow, "tenantId" | "id">,
  values: TicketValues,
  { updatedAt, reopens }: { updatedAt: Date; reopens: boolean },
): Promise<TicketRow> {
  const written = FIELDS.filter((field) => values[field] !== undefined);
  const parameters = FIELDS.map((field) =>
    field === "attributes" ? JSON.stringify(values[field]) : (values[field] ?? null),
  );
  const [ticket] = await sqlOf(tx).rows(WRITE, [tenantId, id, updatedAt, reopens ? 1 : 0, written, ...parameters]);
  if (!ticket) throw new Error(`ticket ${id} is gone although it was locked`);
  return toTicketRow(ticket);
}
