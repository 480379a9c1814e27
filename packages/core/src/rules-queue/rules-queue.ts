import { statement } from "@parley/db";
import { defineSubscriberQueue, type EventType, type Subscription } from "../context/index.ts";

/** What rules hear of. Each event is about a ticket; what is about none is not theirs. */
export const RULE_EVENT_TYPES = [
  "MESSAGE_RECEIVED",
  "TURN_DUE",
  "TICKET_OPENED",
  "TICKET_CHANGED",
  "STATUS_CHANGED",
  "PRIORITY_CHANGED",
  "ASSIGNMENT_CHANGED",
  "NO_ANSWER_TIMEOUT",
  "RULE_DUE",
] as const satisfies readonly EventType[];

export const rulesQueue = defineSubscriberQueue("rules");

// ai_rule_active_idx, ai_settings_pkey. Who has settings wants messages to be understood, unless they say otherwise. One
// rule of each tenant is looked for: with `exists` the planner would rather read all rules of all tenants each time.
const TENANTS_WITH_RULES = statement<{ tenantId: string }>(
  "rules_tenants_with_rules",
  `select k.tenant_id as "tenantId"
     from unnest($1::uuid[]) as k (tenant_id)
    where (select true from ai_rule r
            where r.tenant_id = k.tenant_id
              and r.is_active and r.execution_mode <> 'DISABLED' and r.suspended_at is null
            limit 1)
       or (select true from ai_settings s where s.tenant_id = k.tenant_id and s.understanding <> 'OFF')`,
);

/** For every process that publishes such events. A tenant without rules costs no jobs. */
export const rulesSubscription: Subscription = {
  queue: rulesQueue,
  types: new Set<EventType>(RULE_EVENT_TYPES),
  tenants: TENANTS_WITH_RULES,
};
