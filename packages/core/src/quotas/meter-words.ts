import type { UsageMeter } from "@parley/db";

/** What a limit is of, as people read it. */
export const METER_WORDS: Readonly<Record<UsageMeter, string>> = {
  TICKETS: "tickets",
  AI_ACTIONS: "AI actions",
  MESSAGES: "messages",
};
