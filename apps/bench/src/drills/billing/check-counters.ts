import { none, type Check } from "../harness/comparison.ts";
import type { Reader } from "../harness/reader.ts";

// What a message has taken of its limit it holds until the ledger has it, or it came to nothing.
const COUNTERS = `
  select concat_ws(' ', m.tenant_id, m.used, 'instead of', l.messages, '+', h.holds) as key
    from quota_meter m
   cross join lateral (
     select coalesce(sum(quantity), 0) as messages from usage_event
      where tenant_id = m.tenant_id and period = m.period and kind = 'OUTBOUND_MESSAGE'
   ) l
   cross join lateral (
     select count(*) as holds from quota_hold where tenant_id = m.tenant_id and period = m.period
   ) h
   where m.meter = 'MESSAGES' and m.used <> l.messages + h.holds`;

const HOLDS = `
  select concat_ws(' ', m.id, m.status) as key
    from quota_hold h
    join message m on m.tenant_id = h.tenant_id and m.id = h.message_id
   where m.status not in ('QUEUED', 'SENDING', 'UNKNOWN')
      or exists (select from usage_event u
                  where u.tenant_id = m.tenant_id and u.kind = 'OUTBOUND_MESSAGE' and u.cause = m.id)`;

/** The counters by which messages are refused, against the ledger and what is under way. */
export async function checkCounters(reader: Reader): Promise<Check[]> {
  const keysOf = async (query: string) => (await reader.rows<{ key: string }>(query)).map(({ key }) => key);
  return [
    none("counters of limits that are not the ledger and what is under way", await keysOf(COUNTERS)),
    none("units that are held by messages that are settled", await keysOf(HOLDS)),
  ];
}
