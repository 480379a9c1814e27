import type { Simulator } from "@parley/simulator";
import { compareSets, none, type Check } from "../harness/comparison.ts";
import type { Reader } from "../harness/reader.ts";
import { messageIdOf } from "../send/sent-message.ts";

/** The ledger against what the database has of tickets and messages, and against what the provider took. */
export async function checkLedger(reader: Reader, simulator: Simulator): Promise<Check[]> {
  const rows = await reader.rows<{ kind: string; cause: string }>("select kind, cause from usage_event");
  const causes = (kind: string): string[] => rows.filter((row) => row.kind === kind).map(({ cause }) => cause);
  const tickets = await reader.rows<{ id: string }>("select id from ticket");
  // What failed after the provider had taken it has cost all the same.
  const left = await reader.rows<{ id: string; recipient: string | null }>(
    `select m.id, c.contact_id || ' of ' || m.campaign as recipient
       from message m join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
      where m.direction = 'OUTBOUND' and not m.is_internal
        and (m.status in ('SENT', 'DELIVERED', 'READ', 'PLAYED')
             or exists (select from event e
                         where e.tenant_id = m.tenant_id and e.message_id = m.id and e.type = 'MESSAGE_SENT'))`,
  );
  // By contact and campaign, and not by the id that is made of them.
  const recipients = await reader.rows<{ recipient: string }>(
    `select coalesce(m.recipient, u.cause::text) as recipient
       from usage_event u
       left join lateral (
         select c.contact_id || ' of ' || u.category as recipient
           from message m join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
          where m.tenant_id = u.tenant_id and m.campaign_recipient_id = u.cause limit 1
       ) m on true
      where u.kind = 'CAMPAIGN_RECIPIENT'`,
  );
  const messages = causes("OUTBOUND_MESSAGE");
  const taken = new Set(simulator.ledger.accepted.map(({ opaque }) => messageIdOf(opaque)));
  const charged = new Set(messages);
  const proven = simulator.ledger.statuses.filter(
    ({ status, acknowledged, dropped }) => acknowledged && !dropped && (status === "delivered" || status === "read"),
  );
  return [
    compareSets("tickets in the ledger", new Set(tickets.map(({ id }) => id)), causes("TICKET_OPENED")),
    compareSets("messages in the ledger", new Set(left.map(({ id }) => id)), messages),
    compareSets(
      "recipients of campaigns in the ledger",
      new Set(left.flatMap(({ recipient }) => recipient ?? [])),
      recipients.map(({ recipient }) => recipient),
    ),
    none(
      "messages that are charged and never reached the provider",
      messages.filter((id) => !taken.has(id)),
    ),
    none(
      "messages that customers have and nobody charges",
      [...new Set(proven.map(({ opaque }) => messageIdOf(opaque)))].filter((id) => !charged.has(id)),
    ),
  ];
}
