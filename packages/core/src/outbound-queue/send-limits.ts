import type { SlotLimits } from "@parley/queue";

/** Meta: 80 messages a second a number; one in 6 seconds to the same user, with a burst of 45. */
const WHATSAPP_LIMITS: SlotLimits = { perSecond: 80, pairIntervalMs: 6_000, pairBurst: 45 };

/** A slot that is nearer is waited for in the worker: a timer of the process is more exact than a delayed job. */
export const SLOT_LEAD_MS = 250;

/** `messagesPerSecond` is the account's own limit, where it differs from the channel's. */
export function sendLimits(messagesPerSecond: number | null | undefined): SlotLimits {
  return { ...WHATSAPP_LIMITS, perSecond: messagesPerSecond ?? WHATSAPP_LIMITS.perSecond };
}

/** How long the job of a message waits whose slot comes in `waitMs`. 0: the worker may have it now. */
export function jobDelayMs(waitMs: number): number {
  return waitMs > SLOT_LEAD_MS ? waitMs - SLOT_LEAD_MS / 2 : 0;
}
