import { statement } from "@parley/db";
import { defineSubscriberQueue, type EventType, type Subscription } from "../context/index.ts";

export const assignmentQueue = defineSubscriberQueue("assignment");

// assignment_policy_pkey
const TENANTS_WITH_POLICY = statement<{ tenantId: string }>(
  "assignment_tenants_with_policy",
  `select distinct tenant_id as "tenantId"
     from assignment_policy
    where tenant_id = any($1::uuid[]) and method <> 'MANUAL'`,
);

/** After each of these, somebody may have to be given a ticket: one more waits, or somebody has room for one more. */
const CAUSES: readonly EventType[] = [
  "TICKET_OPENED",
  "TICKET_CHANGED",
  "TICKET_WOKEN",
  "TICKET_SPLIT",
  "TICKET_MERGED",
  "STATUS_CHANGED",
  "ASSIGNMENT_CHANGED",
  "AVAILABILITY_CHANGED",
];

/** For every process that publishes such events. A tenant in which people take tickets themselves costs no jobs. */
export const assignmentSubscription: Subscription = {
  queue: assignmentQueue,
  types: new Set(CAUSES),
  tenants: TENANTS_WITH_POLICY,
};
