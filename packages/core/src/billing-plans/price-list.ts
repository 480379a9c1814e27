import type { UsageKind, UsageMeter } from "@parley/db";

/** Prices of units, decimal. */
export interface Prices {
  ticketUnitPrice: string;
  aiActionUnitPrice: string;
  messageUnitPrice: string;
  autoReplyUnitPrice: string;
  campaignRecipientUnitPrice: string;
  tokenThousandPrice: string;
  mediaGigabytePrice: string;
}

interface PriceRule {
  price: keyof Prices;
  /** For how many units the price is. */
  unitSize: bigint;
  /** Whose included units it uses up first. */
  meter: UsageMeter | null;
}

/** How each kind of usage is priced by a plan, in the order in which an invoice has them. */
export const PRICE_LIST: Readonly<Record<UsageKind, PriceRule>> = {
  TICKET_OPENED: { price: "ticketUnitPrice", unitSize: 1n, meter: "TICKETS" },
  OUTBOUND_MESSAGE: { price: "messageUnitPrice", unitSize: 1n, meter: "MESSAGES" },
  AI_ACTION: { price: "aiActionUnitPrice", unitSize: 1n, meter: "AI_ACTIONS" },
  AUTO_REPLY: { price: "autoReplyUnitPrice", unitSize: 1n, meter: null },
  CAMPAIGN_RECIPIENT: { price: "campaignRecipientUnitPrice", unitSize: 1n, meter: null },
  TOKENS: { price: "tokenThousandPrice", unitSize: 1_000n, meter: null },
  MEDIA_BYTES: { price: "mediaGigabytePrice", unitSize: 1_000_000_000n, meter: null },
};

// Object.keys forgets which keys it has.
export const USAGE_KINDS = Object.keys(PRICE_LIST) as UsageKind[];
