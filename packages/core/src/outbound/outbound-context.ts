import type { SendOutcome, SendRequest } from "@parley/channels";
import type { Channel } from "@parley/db";
import type { SendSlots } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";

/** One call to a channel's API. Never throws for what happens on the way: the outcome says what is known. */
export type SendOverChannel = (request: SendRequest) => Promise<SendOutcome>;

/** What the worker that sends is given. */
export interface OutboundContext extends SystemContext {
  slots: SendSlots;
  /** How each channel sends. Grows by one line a channel. */
  channels: Partial<Record<Channel, SendOverChannel>>;
}
