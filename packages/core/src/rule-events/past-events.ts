import { sqlOf, statement, type AiTrigger, type Tx } from "@parley/db";
import type { EventType } from "../context/index.ts";
import { readEvents, type EventKey, type RuleEvent } from "./read-events.ts";

/** What each trigger hears of; a turn is over some time after a message, which stands for it. */
const TYPES_OF: Readonly<Record<AiTrigger, readonly EventType[]>> = {
  INCOMING_MESSAGE: ["MESSAGE_RECEIVED"],
  ORDER_ISSUE: ["MESSAGE_RECEIVED"],
  RETURN_REQUEST: ["MESSAGE_RECEIVED"],
  NEGATIVE_SENTIMENT: ["MESSAGE_RECEIVED"],
  TICKET_OPENED: ["TICKET_OPENED"],
  TICKET_UPDATED: ["TICKET_CHANGED", "STATUS_CHANGED", "PRIORITY_CHANGED", "ASSIGNMENT_CHANGED"],
  TICKET_REOPENED: ["STATUS_CHANGED"],
  TICKET_RESOLVED: ["STATUS_CHANGED"],
  NO_ANSWER_TIMEOUT: ["NO_ANSWER_TIMEOUT"],
  SCHEDULE: ["RULE_DUE"],
};

export function isAboutMessages(trigger: AiTrigger): boolean {
  return TYPES_OF[trigger].includes("MESSAGE_RECEIVED");
}

/** Of the log so much is read at once, and so often. What stands further back is not looked at. */
const PART = 10_000;
const MOST_PARTS = 20;
const END_OF_LOG = String(2n ** 63n - 1n);

interface PartRow {
  partSize: number;
  /** Where the part begins. */
  first: string | null;
  oldest: Date | null;
  /** Of an event; null where the part has none of interest. */
  seq: string | null;
}

// event_pkey, backwards: nothing else leads to a type, or to a time.
const FIND_IN_PART = statement<PartRow>(
  "rule_past_events",
  `with part as materialized (
     select * from event where tenant_id = $1 and seq < $2 order by seq desc limit $3
   )
   select p.size as "partSize", p.first::text as first, p.oldest, e.seq::text as seq
     from (select count(*)::int as size, min(seq) as first, min(created_at) as oldest from part) p
     left join part e on e.type = any($4) and e.created_at >= $5 and e.ticket_id is not null
    order by e.seq desc`,
);

export interface PastEvents {
  events: RuleEvent[];
  /** Whether these are all since then. */
  isComplete: boolean;
}

interface Wanted {
  tenantId: string;
  trigger: AiTrigger;
  since: Date;
  most: number;
}

/** What a trigger has heard of since a time, the newest first, at most `most` events. */
export async function readPastEvents(tx: Tx, wanted: Wanted): Promise<PastEvents> {
  const { keys, isComplete } = await findPastEvents(tx, wanted);
  // As rules are asked about them, in the order of the log.
  const events = await readEvents(sqlOf(tx), keys);
  return { events: events.toReversed(), isComplete };
}

async function findPastEvents(
  tx: Tx,
  { tenantId, trigger, since, most }: Wanted,
): Promise<{ keys: EventKey[]; isComplete: boolean }> {
  const keys: EventKey[] = [];
  let before = END_OF_LOG;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const rows = await sqlOf(tx).rows(FIND_IN_PART, [tenantId, before, PART, [...TYPES_OF[trigger]], since]);
    keys.push(...rows.flatMap(({ seq }) => (seq === null ? [] : [{ tenantId, seq }])));
    if (keys.length > most) return { keys: keys.slice(0, most), isComplete: false };
    const [{ partSize, first, oldest } = { partSize: 0, first: null, oldest: null }] = rows;
    if (partSize < PART || first === null || oldest === null || oldest < since) return { keys, isComplete: true };
    before = first;
  }
  return { keys, isComplete: false };
}
