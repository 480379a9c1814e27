import type { EditPart, MessageContent, RevokePart, StatusPart } from "@parley/channels";
import type { MessageStatus } from "@parley/db";

/** A change to a message that exists already, or soon will. */
export interface MessageUpdate {
  tenantId: string;
  inboxId: string;
  part: StatusPart | EditPart | RevokePart;
}

/** The message that an update is about, locked until the transaction ends. */
export interface TargetMessage {
  tenantId: string;
  id: string;
  inboxId: string;
  conversationId: string;
  ticketId: string | null;
  direction: "INBOUND" | "OUTBOUND";
  status: MessageStatus;
  attempts: number;
  externalId: string | null;
  content: MessageContent;
}
