import { setTimeout as sleep } from "node:timers/promises";
import { step } from "@parley/runtime";
import type { Reader } from "../harness/reader.ts";
import { READ_ASKED } from "./asked.ts";

const POLL_MS = 500;
/** The counts of a look are not of one moment. */
const QUIET_LOOKS = 3;

const COUNTS: Record<string, string> = {
  "raw events not applied": "select count(*) from raw_webhook_event where status = 'RECEIVED'",
  "turns that are not taken": "select count(*) from timer where kind = 'take_turn'",
  "rules that were not asked about an event": `
    select count(*) from (${READ_ASKED}) k
     where not exists (
             select from ai_rule_execution x
              where x.tenant_id = k."tenantId" and x.event_seq = k.seq::bigint and x.rule_id = k."ruleId")
       and not exists (
             select from ai_skipped_rules s
              where s.tenant_id = k."tenantId" and s.event_seq = k.seq::bigint and k."ruleId" = any(s.rule_ids))`,
  "events that are not marked as handled, and so come again": `
    select count(*) from event e
      join ai_rule_progress p on p.tenant_id = e.tenant_id and (e.txid, e.seq) > (p.txid, p.seq)
     where e.type in ('MESSAGE_RECEIVED', 'TURN_DUE', 'TICKET_OPENED', 'TICKET_CHANGED', 'STATUS_CHANGED', 'PRIORITY_CHANGED')
       and not exists (select from ai_handled_event h where h.tenant_id = e.tenant_id and h.event_seq = e.seq)`,
  "outbox rows": "select count(*) from outbox",
  "messages queued or sending": "select count(*) from message where status in ('QUEUED', 'SENDING')",
};

/**
 * Waits until every rule was asked about every event, and what came of it was done, by what the database says; Redis may
 * have forgotten what is still to be done. Returns what still was, when the limit came.
 */
export function waitUntilHandled(reader: Reader, limitMs: number): Promise<string[]> {
  let left: string[] = [];
  return step(
    "waiting until everything is handled",
    async () => {
      const deadline = performance.now() + limitMs;
      for (let quietLooks = 0; quietLooks < QUIET_LOOKS && performance.now() < deadline; await sleep(POLL_MS)) {
        left = [];
        for (const [what, query] of Object.entries(COUNTS)) {
          const count = await reader.count(query);
          if (count > 0) left.push(`${count} ${what}`);
        }
        quietLooks = left.length === 0 ? quietLooks + 1 : 0;
      }
      return left;
    },
    () => left.join(", "),
  );
}
