/** The newest ticket of a conversation, as far as the rule needs to know it. */
export interface LatestTicket {
  id: string;
  /** When it became RESOLVED or CLOSED; null while it is being worked on. */
  endedAt: Date | null;
}

export type TicketDecision = "keep" | "reopen" | "open";

/**
 * Which ticket a new inbound message belongs to: the one being worked on; else the last one, reopened, when the
 * message was written within `reopenWindowMinutes` of its end; else a new one.
 */
export function decideTicket(
  latest: LatestTicket | undefined,
  writtenAt: Date,
  reopenWindowMinutes: number,
): TicketDecision {
  if (!latest) return "open";
  if (latest.endedAt === null) return "keep";
  const minutesSinceEnd = (writtenAt.getTime() - latest.endedAt.getTime()) / 60_000;
  return minutesSinceEnd <= reopenWindowMinutes ? "reopen" : "open";
}
