import type { WorkCalendar } from "@parley/calendar";
import type { Channel, SlaMetric, TenantPlan, TicketPriority, TicketStatus } from "@parley/db";

/** Everything that a tenant's tickets are judged by, from a time on. Times are milliseconds since 1970. */
export interface SlaRules {
  revision: number;
  effectiveAt: number;
  plan: TenantPlan;
  /** In the order in which they are asked. */
  policies: readonly Policy[];
  /** By the status in which nobody writes. */
  autoClose: ReadonlyMap<TicketStatus, AutoClose>;
}

/** One promise for some tickets, of one revision. */
export interface Policy {
  id: string;
  revision: number;
  match: PolicyMatch;
  calendar: WorkCalendar;
  /** Milliseconds; null: nothing is promised. */
  targetOf(metric: SlaMetric, priority: TicketPriority): number | null;
  pauseIn: ReadonlySet<TicketStatus>;
  warnAtPercent: number | null;
  autoRepliesCount: boolean;
  escalations: readonly Escalation[];
}

/** What is named must hold, all of it. */
export interface PolicyMatch {
  inboxIds?: readonly string[] | undefined;
  channels?: readonly Channel[] | undefined;
  /** The ticket has one of these. */
  tags?: readonly string[] | undefined;
  priorities?: readonly TicketPriority[] | undefined;
  plans?: readonly TenantPlan[] | undefined;
}

/** What is to be done when something threatens to be late, or is. */
export interface Escalation {
  /** Its place in the policy. */
  position: number;
  on: "warning" | "breach";
  /** After the breach, by the policy's clock. */
  afterSeconds: number;
  metrics: readonly SlaMetric[] | null;
  /** As `core/sla` reads them. */
  actions: readonly unknown[];
}

export interface AutoClose {
  status: TicketStatus;
  afterMs: number;
  calendar: WorkCalendar;
  closesAs: TicketStatus;
  /** Told so long before the end, by the same clock. */
  notice: { beforeMs: number; text: string } | null;
}

/** As much of a ticket as decides which policy governs it. */
export interface Governed {
  inboxId: string;
  channel: Channel;
  priority: TicketPriority;
  tags: readonly string[];
}

/** The first policy that is for such a ticket. */
export function choosePolicy({ plan, policies }: SlaRules, ticket: Governed): Policy | null {
  return policies.find(({ match }) => isFor(match, plan, ticket)) ?? null;
}

function isFor(match: PolicyMatch, plan: TenantPlan, ticket: Governed): boolean {
  const { inboxIds, channels, tags, priorities, plans } = match;
  return (
    (inboxIds?.includes(ticket.inboxId) ?? true) &&
    (channels?.includes(ticket.channel) ?? true) &&
    (tags?.some((tag) => ticket.tags.includes(tag)) ?? true) &&
    (priorities?.includes(ticket.priority) ?? true) &&
    (plans?.includes(plan) ?? true)
  );
}
