import { textWebhook } from "../../load/webhook-requests.ts";

export const INBOXES = 10;
export const CONTACTS_PER_INBOX = 500;

/** Which webhook is posted when: worked out in the same way by whoever posts and whoever looks for the messages. */
export interface Schedule {
  /** Milliseconds since 1970. */
  startAt: number;
  rate: number;
  seconds: number;
  /** Part of every message's id: no two runs send the same one. */
  run: string;
}

export function scheduledAt({ startAt, rate }: Schedule, index: number): number {
  return startAt + (index / rate) * 1_000;
}

export function externalIdPrefix({ run }: Schedule): string {
  return `wamid.${run}.`;
}

/** Who writes the `index`-th message: the inboxes in turn, and in each its contacts in an order that skips about. */
export function writerOf(index: number): { inbox: number; contact: number } {
  return { inbox: index % INBOXES, contact: (Math.floor(index / INBOXES) * 197) % CONTACTS_PER_INBOX };
}

export function plannedWebhook(schedule: Schedule, index: number): Buffer {
  const { inbox, contact } = writerOf(index);
  const externalId = `${externalIdPrefix(schedule)}${index}`;
  return textWebhook(inbox, contact, externalId, new Date(scheduledAt(schedule, index)));
}
