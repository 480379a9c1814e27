import { Channel, TicketPriority, TicketStatus } from "@parley/db";
import { z } from "zod";
import { identifierJson } from "../contacts/index.ts";
import { jsonEnum } from "../json/index.ts";

// What is shown of something beside what it belongs to.

export const contactRefJson = z.object({
  id: z.uuid(),
  name: z.string().nullable().meta({ example: "Customer One" }),
  isBlocked: z.boolean().meta({ description: "What they write makes no work.", example: false }),
  identifiers: z.array(identifierJson),
});
export type ContactRefJson = z.infer<typeof contactRefJson>;

export const memberRefJson = z.object({ id: z.uuid(), fullName: z.string().meta({ example: "Agent One" }) });
export type MemberRefJson = z.infer<typeof memberRefJson>;

/** Somebody who wrote: a member, or a contact. */
export const senderRefJson = z.object({ id: z.uuid(), name: z.string().nullable().meta({ example: "Agent One" }) });
export type SenderRefJson = z.infer<typeof senderRefJson>;

export const teamRefJson = z.object({ id: z.uuid(), name: z.string().meta({ example: "Returns" }) });
export type TeamRefJson = z.infer<typeof teamRefJson>;

export const inboxRefJson = z.object({
  id: z.uuid(),
  name: z.string().meta({ example: "WhatsApp" }),
  channel: jsonEnum(Channel),
});
export type InboxRefJson = z.infer<typeof inboxRefJson>;

export const ticketRefJson = z.object({
  id: z.uuid(),
  number: z.int().meta({ example: 42 }),
  status: jsonEnum(TicketStatus),
  priority: jsonEnum(TicketPriority).meta({ example: "normal" }),
  subject: z.string().nullable().meta({ example: "Where is my order?" }),
});
export type TicketRefJson = z.infer<typeof ticketRefJson>;
