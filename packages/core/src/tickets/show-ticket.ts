import { statement, together } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { showTicketSla } from "../sla-clocks/index.ts";
import { withKnownAttributes } from "./known-attributes.ts";
import type { ShownTicketJson } from "./schemas.ts";
import { noSuchTicket, toTicketJson } from "./ticket-json.ts";
import { TICKET_COLUMNS, toTicketRow, type SelectedTicket } from "./ticket-row.ts";

// ticket_pkey
const FIND = statement<SelectedTicket>(
  "ticket_show",
  `select ${TICKET_COLUMNS} from ticket t where t.tenant_id = $1 and t.id = $2`,
);

export async function showTicket(ctx: RequestContext, { id }: { id: string }): Promise<ShownTicketJson> {
  const tenantId = authorize(ctx, "tickets.read");
  const sql = ctx.database.tenantSql(tenantId);
  const [[ticket], sla] = await sql.transaction((tx) =>
    together([tx.rows(FIND, [tenantId, id]), showTicketSla(ctx, tx, { tenantId, id })]),
  );
  if (!ticket) throw noSuchTicket();
  return { ...(await withKnownAttributes(sql, tenantId, toTicketJson(toTicketRow(ticket)))), sla };
}
