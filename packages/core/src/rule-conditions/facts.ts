import type { MessageUnderstanding } from "../understanding/index.ts";
import type { Channel, ConversationStatus, TicketPriority, TicketStatus } from "@parley/db";

/** What a field has, as conditions compare it. Enums are in lower_snake. */
export type FactValue = string | number | boolean | null | readonly (string | number)[];

/** What a field was and what it became. Of a list: what was taken away, and what was added. */
export interface Change {
  from: FactValue;
  to: FactValue;
}

/** What is known when a rule is asked about an event. */
export interface Facts {
  ticket: {
    id: string;
    status: TicketStatus;
    priority: TicketPriority;
    subject: string | null;
    category: string | null;
    sentiment: string | null;
    tags: readonly string[];
    orderRef: string | null;
    assigneeId: string | null;
    teamId: string | null;
    reopenedCount: number;
    isSnoozed: boolean;
    isAnswered: boolean;
    createdAt: Date;
    /** The tenant's own, by their keys. */
    attributes: Readonly<Record<string, unknown>>;
  };
  conversation: {
    status: ConversationStatus;
    tags: readonly string[];
    unreadCount: number;
    isMuted: boolean;
    windowExpiresAt: Date | null;
  };
  contact: { name: string | null; identifiers: readonly { type: string; value: string }[] };
  inbox: { id: string; name: string; channel: Channel };
  /** What the customer has written; of a turn, all of it. Null where the event is about no message. */
  message: MessageFacts | null;
  /** Of an event that says what changed: by field, what it was and what it is. */
  changes: ReadonlyMap<string, Change>;
  /** Who brought the event about, and why, if it says so; both in lower_snake. */
  event: { actor: string; because: string | null };
  /** Of NO_ANSWER_TIMEOUT. */
  waitedMinutes: number | null;
  /** Whether the tenant works at this time. */
  isOpen: boolean;
  now: Date;
}

export interface MessageFacts {
  text: string;
  type: string;
  hasAttachments: boolean;
  /** Of how many messages the text is. */
  count: number;
  understanding: UnderstandingFacts | null;
}

/** What was understood of a message, as far as conditions look at it. */
export type UnderstandingFacts = Omit<MessageUnderstanding, "entities" | "source"> & {
  entities: readonly { type: string; value: string }[];
};
