import type { Prisma } from "@parley/db";

type TicketRow = Prisma.TicketGetPayload<object>;

/** A change of a ticket that the caller has locked. */
export interface TicketWrite {
  tenantId: string;
  id: string;
  /** What is undefined stays. */
  values: { [Name in keyof TicketRow]?: TicketRow[Name] | undefined };
  updatedAt: Date;
  reopens: boolean;
}

/** Writes it, perhaps in one statement with others, and resolves to the ticket as it is then. */
export type WriteTicket = (write: TicketWrite) => Promise<TicketRow>;
