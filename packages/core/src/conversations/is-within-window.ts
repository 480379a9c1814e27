import type { Channel } from "@parley/db";
import type { LockedConversation } from "./lock-conversation.ts";

/**
 * Whether a free-form message is welcome now. WhatsApp refuses one after the window (Meta, error 131047), and before the
 * customer has written at all. Other channels have no window unless one was noted.
 */
export function isWithinWindow(
  { windowExpiresAt }: Pick<LockedConversation, "windowExpiresAt">,
  channel: Channel,
  now: Date,
): boolean {
  return windowExpiresAt === null ? channel !== "WHATSAPP" : windowExpiresAt > now;
}
