import { TicketPriority } from "@parley/db";
import { z } from "zod";
import { timeKey } from "../paging/index.ts";
import type { TicketRow } from "./ticket-row.ts";

/** An order in which tickets are listed, and how its pages follow each other. */
export interface TicketSort {
  order: string;
  /** What a row that comes later fulfils, with the placeholders of the last row's key. */
  after(placeholders: readonly string[]): string;
  keyOf(ticket: TicketRow): readonly (string | Date)[];
  key: z.ZodType<readonly unknown[]>;
  /** Whether the index of each status has this order. */
  mergesStatuses: boolean;
}

const priorityKey = z.tuple([z.enum(TicketPriority), ...timeKey.def.items]);

/** Each by an index; that of `priority` holds what is unfinished. */
export const TICKET_SORTS = {
  // ticket_tenant_id_created_at_id_idx, or that of a status, an assignee or a team
  newest: byTime("created_at", "desc", ({ createdAt }) => createdAt),
  oldest: byTime("created_at", "asc", ({ createdAt }) => createdAt),
  // ticket_tenant_id_updated_at_id_idx
  updated: { ...byTime("updated_at", "desc", ({ updatedAt }) => updatedAt), mergesStatuses: false },
  // ticket_urgency_idx
  priority: {
    order: "t.priority desc, t.created_at, t.id",
    after: ([priority, time, id]) =>
      `(t.priority < ${priority}::ticket_priority or (t.priority = ${priority}::ticket_priority
        and (t.created_at, t.id) > (${time}::timestamptz, ${id}::uuid)))`,
    keyOf: ({ priority, createdAt, id }) => [priority, createdAt, id],
    key: priorityKey,
    mergesStatuses: false,
  },
} as const satisfies Record<string, TicketSort>;

export const ticketSortInput = z
  .enum(["newest", "oldest", "updated", "priority"])
  .default("newest")
  .meta({ description: "By creation; by the last change, latest first; or the most urgent first, then the oldest." });

function byTime(column: string, direction: "asc" | "desc", timeOf: (ticket: TicketRow) => Date): TicketSort {
  const than = direction === "desc" ? "<" : ">";
  return {
    order: `t.${column} ${direction}, t.id ${direction}`,
    after: ([time, id]) => `(t.${column}, t.id) ${than} (${time}::timestamptz, ${id}::uuid)`,
    keyOf: (ticket) => [timeOf(ticket), ticket.id],
    key: timeKey,
    mergesStatuses: true,
  };
}
