import { columnsOf, Prisma } from "@parley/db";

export type TicketRow = Prisma.TicketGetPayload<object>;

/** A ticket as the driver reads it. */
export type SelectedTicket = Omit<TicketRow, "number"> & { number: string };

/** Of `ticket t`, as a SelectedTicket. */
export const TICKET_COLUMNS = columnsOf("t", Prisma.TicketScalarFieldEnum);

export function toTicketRow(selected: SelectedTicket): TicketRow {
  return { ...selected, number: BigInt(selected.number) };
}
