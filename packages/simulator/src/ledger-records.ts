import type { UserAddress } from "./user-address.ts";

/** Times (`at`) are milliseconds since 1970 with fractions, from a clock that never goes back. */
export interface AcceptedMessage {
  id: string;
  phoneNumberId: string;
  to: UserAddress;
  type: string;
  /** The text, the caption, or the template's name. */
  text: string | null;
  /** `biz_opaque_callback_data`, the sender's own reference. */
  opaque: string | null;
  at: number;
}

export interface InboundRecord {
  id: string;
  phoneNumberId: string;
  from: UserAddress;
  text: string | null;
  at: number;
  /** A webhook with it was answered with 200. */
  acknowledged: boolean;
}

export interface StatusRecord {
  /** The message's id. */
  id: string;
  status: string;
  to: UserAddress;
  opaque: string | null;
  /** When it was decided; the webhook leaves later. */
  at: number;
  /** The fault `dropStatus` swallowed it: it is never delivered. */
  dropped: boolean;
  acknowledged: boolean;
}

export interface WebhookCounts {
  /** POSTs made. */
  sent: number;
  /** Webhooks answered with 200; a duplicate does not count again. */
  acknowledged: number;
  /** POSTs made because an earlier one was not answered with 200. */
  redelivered: number;
  /** POSTs made because of the fault `duplicate`. */
  duplicated: number;
  /** POSTs that were answered with something else, or not in time. */
  failed: number;
}
