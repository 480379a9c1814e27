import type { ActorType } from "@parley/db";
import type { Cause } from "./cause.ts";
import type { EventType } from "./event-type.ts";

/** Something that happened, to be appended to its tenant's log. */
export interface NewEvent {
  tenantId: string;
  type: EventType;
  actorType: ActorType;
  actorId?: string;
  contactId?: string;
  conversationId?: string;
  ticketId?: string | null;
  messageId?: string;
  /** Ids, states and numbers; what people wrote stays in its own table. */
  data?: Record<string, unknown>;
  /** Default: the context's. */
  cause?: Cause;
}
