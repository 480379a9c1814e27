/**
 * The words that every channel speaks. A channel folder turns what a provider sends into `InboundPart`s and a
 * message of ours into a provider call; nothing outside that folder knows the provider's JSON.
 */

/** Identifier types as the database has them. WhatsApp phones are E.164 with a leading `+`. */
export type IdentifierType = "WHATSAPP" | "WHATSAPP_BSUID" | "PHONE" | "EMAIL";

export interface Identifier {
  type: IdentifierType;
  value: string;
}

/** How far a message of ours got, as the provider tells it. */
export type DeliveryStatus = "SENT" | "DELIVERED" | "READ" | "PLAYED" | "FAILED";

/** Why a send failed: the provider's code as text, or ours in lower_snake. */
export interface ProviderError {
  code: string;
  title: string;
  detail: string;
  retryable: boolean;
}

export type AttachmentKind = "IMAGE" | "VIDEO" | "AUDIO" | "DOCUMENT" | "STICKER";

/** A file that the provider holds. Downloading it is another job: see `MediaRequest`. */
export interface AttachmentReference {
  kind: AttachmentKind;
  providerMediaId: string;
  mimeType: string;
  fileName?: string;
  sha256?: string;
}

export type MessageType =
  | "text"
  | "image"
  | "video"
  | "audio"
  | "document"
  | "sticker"
  | "location"
  | "contacts"
  | "interactive"
  | "button"
  | "reaction"
  | "order"
  | "system"
  | "unsupported";

/** JSON that is stored as the message's content. `text` is what an agent reads first, where there is such a thing. */
export type MessageContent = { text?: string } & Record<string, unknown>;

interface PartOfAccount {
  /** The provider's name of the receiving account (WhatsApp: phone_number_id): it finds the inbox. */
  account: string;
}

/** A message: from a contact, or (an echo) sent by the business from another device. */
export interface MessagePart extends PartOfAccount {
  kind: "message";
  direction: "INBOUND" | "OUTBOUND";
  externalId: string;
  contact: { identifiers: Identifier[]; name?: string };
  /** Separates threads of one contact on one inbox (a group, an e-mail thread); "" where a contact has one thread. */
  threadId: string;
  type: MessageType;
  content: MessageContent;
  attachments: AttachmentReference[];
  replyToExternalId?: string;
  /** The provider's time. */
  occurredAt: Date;
  /** A person wrote it: it opens tickets, counts as unread and opens the reply window. Not so for reactions and notices. */
  opensTicket: boolean;
  /** It opens or extends the window in which free-form replies are allowed. */
  opensWindow: boolean;
  /** The contact has, from now on, these identifiers as well (a changed number or user id). */
  newIdentifiers?: Identifier[];
}

/** Progress of a message of ours. Found by `messageId` (our opaque reference came back) or by `externalId`. */
export interface StatusPart extends PartOfAccount {
  kind: "status";
  externalId: string;
  /** Our reference, when the provider returned one: the message and which attempt at it. */
  reference?: MessageReference;
  status: DeliveryStatus;
  error?: ProviderError;
  /** It failed because of the account: nothing more will go out until a person acts. */
  pausesInbox?: boolean;
  occurredAt: Date;
}

/** The text of an earlier message was replaced. */
export interface EditPart extends PartOfAccount {
  kind: "edit";
  /** The edited message. */
  externalId: string;
  /** The edit itself: the same one may come again. */
  editId: string;
  type: MessageType;
  content: MessageContent;
  occurredAt: Date;
}

/** An earlier message was withdrawn by its sender. */
export interface RevokePart extends PartOfAccount {
  kind: "revoke";
  externalId: string;
  occurredAt: Date;
}

/** A part that may name no account: then it may concern anybody's, and is for no tenant's eyes. */
interface PartOfAnyAccount {
  account?: string;
}

/** Known, and nothing to us: counted under `name` (the webhook field, or `messages.errors` …). */
export interface IgnoredPart extends PartOfAnyAccount {
  kind: "ignored";
  name: string;
}

/** It should concern us but cannot be read; the raw event is quarantined with `reason`. Its other parts are applied. */
export interface UnreadablePart extends PartOfAnyAccount {
  kind: "unreadable";
  reason: string;
}

export type InboundPart = MessagePart | StatusPart | EditPart | RevokePart | IgnoredPart | UnreadablePart;

/** What we ask a provider to hand back with each status: `messageId:attempt`. Ids only, never personal data. */
export interface MessageReference {
  messageId: string;
  attempt: number;
}

export interface OutboundText {
  type: "text";
  text: string;
}

/** One send call, complete: the channel adds nothing of its own but the wire format. */
export interface SendRequest {
  /** The sending account (WhatsApp: phone_number_id). */
  account: string;
  accessToken: string;
  to: Identifier;
  message: OutboundText;
  replyToExternalId?: string;
  reference: MessageReference;
}

/**
 * What is known after one try:
 * - accepted: the provider has it, under `externalId`;
 * - retry: it certainly did not go out, try again later;
 * - slow_down: not sent, a limit was hit: the whole account's or this recipient's;
 * - final: refused for good;
 * - pause: refused because of the account (token, payment, ban): nothing more will go out until a person acts;
 * - unknown: it may or may not have gone out. Never send again blindly.
 */
export type SendOutcome =
  | { kind: "accepted"; externalId: string; httpStatus: number }
  | { kind: "retry"; error: ProviderError; httpStatus?: number; maxAttempts?: number; retryAfterMs?: number }
  | {
      kind: "slow_down";
      scope: "account" | "recipient";
      error: ProviderError;
      httpStatus?: number;
      retryAfterMs?: number;
    }
  | { kind: "final"; error: ProviderError; httpStatus?: number }
  | { kind: "pause"; error: ProviderError; httpStatus?: number }
  | { kind: "unknown"; error: ProviderError; httpStatus?: number };

/** A file to fetch, as the provider named it when it told of the message. */
export interface MediaRequest {
  providerMediaId: string;
  accessToken: string;
  /** SHA-256 as the webhook told it, in base64 or hex. */
  sha256?: string;
  /** What is longer is not fetched. */
  maxBytes: number;
}

/** Takes the bytes of a file as they arrive; the next ones are asked for when it is done with these. */
export type WriteBytes = (piece: Uint8Array) => Promise<void>;

/** Why a file did not come this time. */
export type MediaDelay =
  | "unreachable"
  | "too_slow"
  | "provider_error"
  | "rate_limited"
  | "url_expired"
  | "url_refused"
  | "incomplete"
  | "corrupted";

/** Why a file will never come. */
export type MediaLoss = "not_found" | "too_large" | "refused";

/**
 * What is known after one try at fetching a file:
 * - fetched: every byte was written, and they are those that the provider speaks of; `sha256` is theirs, in base64;
 * - retry: it did not come, or not whole; what was written is worth nothing;
 * - pause: refused because of the account (token, ban): nothing will come until a person acts;
 * - gone: it will never come.
 */
export type MediaOutcome =
  | { kind: "fetched"; size: number; sha256: string }
  | { kind: "retry"; reason: MediaDelay; retryAfterMs?: number }
  | { kind: "pause"; error: ProviderError }
  | { kind: "gone"; reason: MediaLoss };
