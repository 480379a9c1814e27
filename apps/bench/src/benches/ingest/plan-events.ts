import { createRandom } from "../../statistics.ts";
import { benchId, benchPhone } from "../../world/bench-ids.ts";
import { whatsAppWebhook, type InboundText, type StatusUpdate } from "../../world/whatsapp-webhook.ts";

export const INBOXES = 10;
/** Of each inbox; the first `OPEN` have a ticket that is worked on, then come those of `RESOLVED` and of `STALE`. */
export const CONTACTS = { OPEN: 300, RESOLVED: 100, STALE: 100 } as const;
export const CONTACTS_PER_INBOX = CONTACTS.OPEN + CONTACTS.RESOLVED + CONTACTS.STALE;

/** One webhook of `single` has one message; one of `mixed` has several, and statuses, and now and then a repetition. */
export type PayloadKind = "single" | "mixed";

/** What the message makes of its contact's ticket: keeps the open one, reopens the last, or opens a new one. */
export type TicketEffect = "keep" | "reopen" | "open";

export interface PlannedMessage extends InboundText {
  contact: number;
  /** Never seen before: contact and conversation are made for it. */
  isNew: boolean;
  ticket: TicketEffect;
}

export interface PlannedEvent {
  inbox: number;
  messages: PlannedMessage[];
  /** Messages that another event has brought already. */
  repeated: PlannedMessage[];
  statuses: (StatusUpdate & { message: number })[];
}

/** Of twenty messages in a row, whatever their number: one from a stranger, one reopens a ticket, one opens another. */
const CYCLE = 20;
const STRANGER = 3;
const REOPENS = 9;
const OPENS = 15;

const WORDS = "where is my order it has not arrived yet could you please have a look and tell me thank you".split(" ");

/**
 * The same events in every process and for every contender. Any beginning of the list has the same mix as the whole,
 * so that a slow contender can be measured on fewer of them.
 */
export function planEvents(kind: PayloadKind, count: number): PlannedEvent[] {
  const random = createRandom(kind === "single" ? 11 : 12);
  const draw = (below: number): number => Math.floor(random() * below);
  const next = Array.from({ length: INBOXES }, () => ({
    stranger: CONTACTS_PER_INBOX,
    resolved: 0,
    stale: 0,
    status: 0,
  }));
  const earlier = Array.from({ length: INBOXES }, (): PlannedMessage[] => []);
  let serial = 0;

  function planMessage(inbox: number): PlannedMessage {
    const counters = next[inbox];
    if (!counters) throw new Error(`there is no inbox ${inbox}`);
    const position = serial % CYCLE;
    let contact = draw(CONTACTS.OPEN);
    let ticket: TicketEffect = "keep";
    if (position === STRANGER) {
      contact = counters.stranger++;
      ticket = "open";
    } else if (position === REOPENS && counters.resolved < CONTACTS.RESOLVED) {
      contact = CONTACTS.OPEN + counters.resolved++;
      ticket = "reopen";
    } else if (position === OPENS && counters.stale < CONTACTS.STALE) {
      contact = CONTACTS.OPEN + CONTACTS.RESOLVED + counters.stale++;
      ticket = "open";
    }
    serial += 1;
    const text = Array.from({ length: 6 + draw(14) }, () => WORDS[draw(WORDS.length)]).join(" ");
    return {
      contact,
      isNew: position === STRANGER,
      ticket,
      from: benchPhone(inbox, contact),
      name: `Customer ${contact}`,
      externalId: `wamid.IN${kind}${serial}`,
      text,
    };
  }

  function planStatus(inbox: number): PlannedEvent["statuses"][number] {
    const counters = next[inbox];
    if (!counters) throw new Error(`there is no inbox ${inbox}`);
    // First every message of ours is delivered, then every one is read.
    const message = counters.status % CONTACTS_PER_INBOX;
    const status = counters.status < CONTACTS_PER_INBOX ? "delivered" : "read";
    counters.status += 1;
    const reference = `${benchId("message", inbox, message)}:1`;
    return { message, externalId: sentExternalId(inbox, message), status, to: benchPhone(inbox, message), reference };
  }

  return Array.from({ length: count }, (_empty, index): PlannedEvent => {
    if (kind === "single") {
      const inbox = Math.floor(index / CYCLE) % INBOXES;
      return { inbox, messages: [planMessage(inbox)], repeated: [], statuses: [] };
    }
    const inbox = draw(INBOXES);
    const known = earlier[inbox] ?? [];
    const repeated = index % 10 === 9 ? known.slice(-15, -14) : [];
    const messages = Array.from({ length: 1 + draw(5) }, () => planMessage(inbox));
    known.push(...messages);
    return { inbox, messages, repeated, statuses: Array.from({ length: draw(4) }, () => planStatus(inbox)) };
  });
}

/** The provider's id of the message of ours that each contact was sent beforehand. */
export function sentExternalId(inbox: number, contact: number): string {
  return `wamid.OUT${inbox}.${contact}`;
}

export function bodyOf({ inbox, messages, repeated, statuses }: PlannedEvent, at: Date): Buffer {
  return whatsAppWebhook(inbox, { messages: [...messages, ...repeated], statuses }, at);
}

/** Messages and statuses that the events bring, repetitions included: what a contender has to look at. */
export function countUpdates(events: readonly PlannedEvent[]): number {
  return events.reduce((sum, event) => sum + event.messages.length + event.repeated.length + event.statuses.length, 0);
}
