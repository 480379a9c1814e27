import { statement, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { LogPage, LogWindow } from "../log-readers/index.ts";
import type { TicketKey } from "../sla-clocks/index.ts";
import { MESSAGE_EVENT_TYPES, withCounts } from "./count-subjects.ts";
import { recordTickets } from "./record-tickets.ts";
import { TICKET_EVENT_TYPES } from "./ticket-facts.ts";

interface PageRow extends LogPage {
  tickets: TicketKey[];
}

const quoted = (types: readonly string[]): string => types.map((type) => `'${type}'`).join(", ");

const FOLLOWED_TYPES = [...new Set<string>([...MESSAGE_EVENT_TYPES, ...TICKET_EVENT_TYPES, "CONVERSATION_OPENED"])];

// event_txid_idx finds the window.
const FOLLOW = statement<PageRow>(
  "reports_follow_page",
  `with page as materialized (
     select tenant_id, txid, seq, type, conversation_id, ticket_id, message_id
       from event
      where txid >= $1 and txid < $3 and (txid > $1 or seq > $2) and type in (${quoted(FOLLOWED_TYPES)})
      order by txid, seq
      limit $4
   ), messages as materialized (
     select distinct tenant_id, message_id as id
       from page where type in (${quoted(MESSAGE_EVENT_TYPES)}) and message_id is not null
   ), conversations as materialized (
     select distinct tenant_id, conversation_id as id
       from page where type = 'CONVERSATION_OPENED' and conversation_id is not null
   ), ${withCounts()}
   select (select count(*)::int from page) as events, last.txid::text as "lastTxid", last.seq::text as "lastSeq",
          coalesce((select json_agg(json_build_object('tenantId', tenant_id, 'ticketId', ticket_id))
                      from (select distinct tenant_id, ticket_id
                              from page where type in (${quoted(TICKET_EVENT_TYPES)}) and ticket_id is not null) t),
                   '[]') as tickets
     from (select) one left join (select txid, seq from page order by txid desc, seq desc limit 1) last on true`,
);

/**
 * Counts what a window of the log tells of; in the transaction of whoever holds the progress. A ticket whose log cannot be
 * understood is looked at again with its next event, or by a rebuild: it must not hold up all others.
 */
export async function followPage(
  { logger }: Pick<SystemContext, "logger">,
  sql: Sql,
  { txid, seq, until, limit }: LogWindow,
): Promise<LogPage> {
  const [row] = await sql.rows(FOLLOW, [txid, seq, until, limit]);
  if (!row) throw new Error("an aggregate returns a row");
  const { tickets, ...page } = row;
  await recordTickets(sql, tickets, ({ tenantId, ticketId }, err) =>
    logger.error({ tenantId, ticketId, err }, "reports leave out a ticket whose log cannot be understood"),
  );
  return page;
}
