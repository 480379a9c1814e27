import { newId } from "@parley/runtime";
import { benchId } from "../../world/bench-ids.ts";
import { BARE, type BareRow } from "./bare-statements.ts";
import { CONTACTS_PER_INBOX, type PlannedEvent, type PlannedMessage } from "./plan-events.ts";

export interface BareStatement {
  name: string;
  text: string;
  values: unknown[];
}

/** The statements of each batch of each lane. */
export type BarePlanner = (events: readonly PlannedEvent[], rawEventIds: readonly string[]) => BareStatement[][][];

/**
 * An inbox belongs to one lane, so that lanes never wait for one another's rows. What a real ingest has to look up, the
 * planner remembers from call to call.
 */
export function createBarePlanner(lanes: number, batch: number): BarePlanner {
  const made = new Map<string, string>();
  const idOf = (key: string): string => {
    let id = made.get(key);
    if (!id) made.set(key, (id = newId()));
    return id;
  };
  const ticketNumbers = new Map<number, number>();
  const nextTicketNumber = (inbox: number): number => {
    const number = (ticketNumbers.get(inbox) ?? CONTACTS_PER_INBOX) + 1;
    ticketNumbers.set(inbox, number);
    return number;
  };

  function rowOf(inbox: number, message: PlannedMessage): BareRow {
    const { contact } = message;
    const person = `${inbox} ${contact}`;
    const isSeeded = contact < CONTACTS_PER_INBOX;
    const ticketKey = `ticket ${person}`;
    const hasNewTicket = made.has(ticketKey) || message.ticket === "open";
    return {
      tenantId: benchId("tenant", inbox),
      inboxId: benchId("inbox", inbox),
      contactId: isSeeded ? benchId("contact", inbox, contact) : idOf(`contact ${person}`),
      conversationId: isSeeded ? benchId("conversation", inbox, contact) : idOf(`conversation ${person}`),
      ticketId: hasNewTicket ? idOf(ticketKey) : benchId("ticket", inbox, contact),
      messageId: newId(),
      message,
    };
  }

  function planLane(lane: number, events: readonly PlannedEvent[], rawEventIds: readonly string[]): BareStatement[][] {
    const own = events.flatMap((event, index) =>
      event.inbox % lanes === lane ? [{ event, rawEventId: rawEventIds[index] }] : [],
    );
    const batches: BareStatement[][] = [];
    for (let start = 0; start < own.length; start += batch) {
      const part = own.slice(start, start + batch);
      const rows = part.flatMap(({ event }) => event.messages.map((message) => rowOf(event.inbox, message)));
      const numbers = part.flatMap(({ event }) =>
        event.messages.filter(({ ticket }) => ticket === "open").map(() => nextTicketNumber(event.inbox)),
      );
      batches.push(statementsOf(part, rows, numbers));
    }
    return batches;
  }

  return (events, rawEventIds) => Array.from({ length: lanes }, (_empty, lane) => planLane(lane, events, rawEventIds));
}

function statementsOf(
  part: readonly { event: PlannedEvent; rawEventId: string | undefined }[],
  rows: readonly BareRow[],
  ticketNumbers: readonly number[],
): BareStatement[] {
  const at = new Date();
  const strangers = rows.filter(({ message }) => message.isNew);
  const opened = rows.filter(({ message }) => message.ticket === "open");
  const reopened = rows.filter(({ message }) => message.ticket === "reopen");
  const statuses = part.flatMap(({ event }) => event.statuses.map((status) => ({ inbox: event.inbox, status })));
  const touched = [...new Map(rows.map((row) => [row.conversationId, row])).values()];
  const counts = Map.groupBy(rows, (row) => row.conversationId);

  return [
    BARE.contacts(strangers, at),
    BARE.identifiers(strangers),
    BARE.conversations(strangers, at),
    BARE.tickets(opened, ticketNumbers, at),
    BARE.messages(rows, at),
    BARE.events([
      ...strangers.flatMap((row) => [
        { ...row, type: "CONTACT_CREATED" },
        { ...row, type: "CONVERSATION_OPENED" },
      ]),
      ...opened.map((row) => ({ ...row, type: "TICKET_OPENED" })),
      ...reopened.map((row) => ({ ...row, type: "STATUS_CHANGED" })),
      ...rows.map((row) => ({ ...row, type: "MESSAGE_RECEIVED" })),
    ]),
    BARE.statusEvents(statuses),
    BARE.touches(
      touched.map((row) => ({ ...row, unread: counts.get(row.conversationId)?.length ?? 0 })),
      at,
    ),
    BARE.reopenings(reopened, at),
    BARE.statuses(statuses, at),
    BARE.finished(
      part.flatMap(({ event, rawEventId }) => (rawEventId ? [{ inbox: event.inbox, rawEventId }] : [])),
      at,
    ),
  ].filter((statement) => statement !== undefined);
}
