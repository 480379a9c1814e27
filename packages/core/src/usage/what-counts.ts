import type { UsageKind } from "@parley/db";
import type { EventType } from "../context/index.ts";

interface Counted {
  kind: UsageKind;
  /** Of these events. */
  types: readonly EventType[];
  /** What else must hold. */
  where?: string;
  /** Once for each: an id, as SQL. */
  cause: string;
  /** Default 1. */
  quantity?: string;
  channel?: string;
  category?: string;
  agent?: string;
  rule?: string;
}

/**
 * Of an event of a message: the channel took it, or the customer has it. What was never tried by us was written in the
 * channel's own app, which costs nothing here.
 */
const HAS_LEFT = `(e.type = 'MESSAGE_SENT' or e.data ->> 'status' in ('sent', 'delivered', 'read', 'played'))
            and e.direction = 'OUTBOUND' and not e.is_internal and e.attempts > 0`;

/**
 * What costs, told by which events. `e` is the event, and of events of messages also what is known of the message. A
 * cause that is told of several times, or by several events, counts once.
 */
export const WHAT_COUNTS: readonly Counted[] = [
  {
    kind: "TICKET_OPENED",
    types: ["TICKET_OPENED"],
    where: "e.ticket_id is not null",
    cause: "e.ticket_id",
    channel: "(select k.channel from ticket k where k.tenant_id = e.tenant_id and k.id = e.ticket_id)",
    agent: "case when e.actor_type = 'AGENT' then e.actor_id end",
  },
  {
    kind: "OUTBOUND_MESSAGE",
    types: ["MESSAGE_SENT", "MESSAGE_STATUS_CHANGED"],
    where: HAS_LEFT,
    cause: "e.message_id",
    channel: "e.channel",
    category: `case when e.message_type = 'template' then 'template' when e.sender_type = 'AI' then 'ai_reply'
                    when e.sender_type = 'AGENT' then 'reply' when e.answered_count is not null then 'api' else 'notice' end`,
    agent: "case when e.sender_type = 'AGENT' then e.sender_id end",
  },
  {
    // Besides the message itself, and once for all messages of the campaign to the contact.
    kind: "CAMPAIGN_RECIPIENT",
    types: ["MESSAGE_SENT", "MESSAGE_STATUS_CHANGED"],
    where: `${HAS_LEFT} and e.campaign_recipient_id is not null`,
    cause: "e.campaign_recipient_id",
    channel: "e.channel",
    category: "e.campaign",
    agent: "case when e.sender_type = 'AGENT' then e.sender_id end",
  },
  {
    // What the system sends by itself, such as a survey: it has found nothing unread and answers nobody.
    kind: "AUTO_REPLY",
    types: ["MESSAGE_SENT", "MESSAGE_STATUS_CHANGED"],
    where: `${HAS_LEFT} and e.sender_type = 'SYSTEM' and e.answered_count is null`,
    cause: "e.message_id",
    channel: "e.channel",
    category: "'notice'",
  },
  {
    kind: "AUTO_REPLY",
    types: ["AI_REPLY_SENT"],
    cause: "e.message_id",
    channel: "e.channel",
    category: "'ai_reply'",
    rule: "(e.cause -> 'rules' ->> -1)::uuid",
  },
  {
    kind: "AI_ACTION",
    types: ["AI_RULE_EXECUTED"],
    cause: "(e.data ->> 'executionId')::uuid",
    quantity: "coalesce((e.data ->> 'actions')::bigint, 1)",
    category: "'rule'",
    rule: "(e.data ->> 'ruleId')::uuid",
  },
  {
    // Somebody asked for it. What a rule suggests is one of its actions.
    kind: "AI_ACTION",
    types: ["AI_SUGGESTION_CREATED"],
    where: "e.cause is null",
    cause: "(e.data ->> 'draftId')::uuid",
    category: "'suggest_reply'",
    agent: "(e.data ->> 'userId')::uuid",
  },
  {
    kind: "AI_ACTION",
    types: ["AI_ASSISTED"],
    cause: "(e.data ->> 'useId')::uuid",
    category: "e.data ->> 'task'",
    agent: "case when e.actor_type = 'AGENT' then e.actor_id end",
  },
  {
    kind: "TOKENS",
    types: ["AI_MODEL_CALLED"],
    cause: "(e.data ->> 'callId')::uuid",
    quantity: "(e.data ->> 'inputTokens')::bigint + (e.data ->> 'outputTokens')::bigint",
    category: "e.data ->> 'task'",
  },
  {
    // A file that a customer sent, once it is fetched; an empty one is nothing.
    kind: "MEDIA_BYTES",
    types: ["MEDIA_STORED"],
    cause: "(e.data ->> 'attachmentId')::uuid",
    quantity: "(e.data ->> 'size')::bigint",
    channel: "e.channel",
  },
];

/** Events that say that a message came to nothing, so the unit of a limit that it holds is free again. */
const COMES_TO_NOTHING: readonly EventType[] = ["MESSAGE_CANCELLED", "MESSAGE_STATUS_CHANGED"];

/** All that the ledger is made of. */
export const FOLLOWED_TYPES: readonly EventType[] = [
  ...new Set<EventType>([...WHAT_COUNTS.flatMap(({ types }) => types), ...COMES_TO_NOTHING, "QUOTA_RECHARGED"]),
];

const MESSAGE_TYPES: ReadonlySet<EventType> = new Set<EventType>([
  "MESSAGE_SENT",
  "MESSAGE_STATUS_CHANGED",
  "AI_REPLY_SENT",
  "MEDIA_STORED",
]);

/**
 * SQL of two relations, `messages` and `counted`, from the events of the relation `page`: what counts among them, one row for
 * each event that tells of a kind. Each message, inbox and ticket is looked up by its key, whatever the planner knew of their
 * tables when it made the plan: hence the limits.
 */
export function withCounted(): string {
  return `messages as materialized (
     select e.*, m.direction, m.type as message_type, m.is_internal, m.attempts, m.sender_type, m.sender_id, m.answered_count,
            m.campaign, m.campaign_recipient_id, i.channel
       from page e
      cross join lateral (
        select * from message m where m.tenant_id = e.tenant_id and m.id = e.message_id limit 1
      ) m
      cross join lateral (
        select channel from inbox i where i.tenant_id = e.tenant_id and i.id = m.inbox_id limit 1
      ) i
      where e.type in (${quoted([...MESSAGE_TYPES])})
   ), counted as materialized (
     ${WHAT_COUNTS.map(selectCounted).join("\n union all\n")}
   )`;
}

function selectCounted(counted: Counted): string {
  const { kind, types, where = "true", cause, quantity = "1", channel = "null", category = "null" } = counted;
  const { agent = "null", rule = "null" } = counted;
  return `select e.tenant_id, '${kind}'::usage_kind as kind, ${cause} as cause, (${quantity})::bigint as quantity,
                 e.created_at as occurred_at, e.txid, e.seq, e.ticket_id, (${channel})::channel as channel,
                 (${category})::text as category, (${agent})::uuid as agent_id, (${rule})::uuid as rule_id
            from ${types.some((type) => MESSAGE_TYPES.has(type)) ? "messages" : "page"} e
           where e.type in (${quoted(types)}) and ${where}`;
}

function quoted(types: readonly EventType[]): string {
  return types.map((type) => `'${type}'`).join(", ");
}
