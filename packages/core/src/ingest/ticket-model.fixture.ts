import type { TicketStatus } from "@parley/db";
import { effectOfMove, isUnfinished } from "../tickets/index.ts";

/** Tickets are named by their numbers, customers and messages by their places. */
export interface ModelTicket {
  number: number;
  /** Whose conversation it is of. */
  customer: number;
  status: TicketStatus;
  assignee: Member | null;
  isSplitOff: boolean;
  mergedInto: number | null;
  endedAt: number | null;
  reopenedCount: number;
  /** Undefined while it is not put aside; null until the customer writes. */
  snoozedUntil: number | null | undefined;
  version: number;
}

export const MEMBERS = ["agent", "manager"] as const;
export type Member = (typeof MEMBERS)[number];

/** What a conversation shows, and hands on to its next ticket unless it is resolved. */
export interface ModelConversation {
  assignee: Member | null;
  isResolved: boolean;
}

export type Outcome = "done" | "conflict" | "validation_failed";

/** What can happen. A ticket is named by a number that is taken modulo how many there are, and so is a message. */
export type Step =
  | { kind: "write"; customer: number; quoting: number | null }
  | { kind: "open"; customer: number }
  | { kind: "move"; ticket: number; to: TicketStatus; by: Member }
  | { kind: "assign"; ticket: number; to: Member | null }
  | { kind: "snooze"; ticket: number; minutes: number | null }
  | { kind: "wake"; ticket: number }
  | { kind: "merge"; ticket: number; into: number }
  | { kind: "split"; ticket: number; message: number }
  | { kind: "leave"; member: Member; isOffline: boolean }
  | { kind: "wait"; minutes: number };

/** What the rules make of steps, with nothing but arrays. */
export class TicketModel {
  readonly tickets: ModelTicket[] = [];
  /** Of each message, who wrote it and the number of its ticket. */
  readonly messages: { customer: number; ticket: number }[] = [];
  /** Of each customer who has written. */
  readonly conversations = new Map<number, ModelConversation>();
  readonly offline = new Set<Member>();
  now = 0;

  private readonly reopenWindowMinutes: number;

  constructor(reopenWindowMinutes: number) {
    this.reopenWindowMinutes = reopenWindowMinutes;
  }

  at(number: number): ModelTicket {
    const ticket = this.tickets[number - 1];
    if (!ticket) throw new Error(`there is no ticket ${number}`);
    return ticket;
  }

  /** The conversation's own tickets. */
  own(customer: number): ModelTicket[] {
    return this.tickets.filter((ticket) => ticket.customer === customer && !ticket.isSplitOff);
  }

  inWork(customer: number): ModelTicket | undefined {
    return this.own(customer).find(({ status }) => isUnfinished(status));
  }

  messagesOf(number: number): number[] {
    return this.messages.flatMap((message, place) => (message.ticket === number ? [place] : []));
  }

  private conversation(customer: number): ModelConversation {
    const known = this.conversations.get(customer);
    if (known) return known;
    const fresh = { assignee: null, isResolved: false };
    this.conversations.set(customer, fresh);
    return fresh;
  }

  private show({ customer, assignee, status }: ModelTicket): void {
    this.conversations.set(customer, { assignee, isResolved: !isUnfinished(status) });
  }

  /** A conversation shows its own ticket, until that has ended. */
  private follow(ticket: ModelTicket, before: TicketStatus): void {
    if (!ticket.isSplitOff && (isUnfinished(before) || isUnfinished(ticket.status))) this.show(ticket);
  }

  /** Whom a conversation's next ticket goes to, whoever acts. */
  private heir(customer: number, by: Member | null): Member | null {
    const { assignee, isResolved } = this.conversation(customer);
    return isResolved || this.isAway(assignee, by) ? null : assignee;
  }

  private isAway(assignee: Member | null, by: Member | null): boolean {
    return assignee !== null && assignee !== by && this.offline.has(assignee);
  }

  write(customer: number, quoting: number | null): void {
    const quoted = this.quotedBeside(customer, quoting === null ? undefined : this.messages[quoting]);
    const ticket = quoted ? this.keep(quoted) : this.ticketFor(customer);
    this.messages.push({ customer, ticket: ticket.number });
    this.conversation(customer).isResolved = false;
  }

  private quotedBeside(
    customer: number,
    message: { customer: number; ticket: number } | undefined,
  ): ModelTicket | undefined {
    if (message?.customer !== customer) return undefined;
    const ticket = this.at(message.ticket);
    const isBeside = ticket.isSplitOff && ticket.customer === customer && isUnfinished(ticket.status);
    return isBeside ? ticket : undefined;
  }

  private ticketFor(customer: number): ModelTicket {
    const current = this.inWork(customer);
    if (current) return this.keep(current);
    const latest = this.own(customer).at(-1);
    if (!latest) return this.open(customer, null);
    if (latest.mergedInto !== null) {
      const target = this.at(latest.mergedInto);
      return isUnfinished(target.status) ? this.keep(target) : this.open(customer, null);
    }
    const minutes = (this.now - (latest.endedAt ?? 0)) / 60_000;
    return minutes <= this.reopenWindowMinutes ? this.reopen(latest, null) : this.open(customer, null);
  }

  /** What the customer has written reached it, maybe through the conversation of another that was merged into it. */
  private keep(ticket: ModelTicket): ModelTicket {
    const waits = ticket.status === "PENDING" || ticket.status === "WAITING_CUSTOMER";
    if (!waits && ticket.snoozedUntil === undefined) return ticket;
    if (waits) {
      ticket.status = "OPEN";
      this.conversation(ticket.customer).isResolved = false;
    }
    ticket.snoozedUntil = undefined;
    ticket.version += 1;
    return ticket;
  }

  private reopen(ticket: ModelTicket, by: Member | null): ModelTicket {
    const before = ticket.status;
    const assignee = this.isAway(ticket.assignee, by) ? null : ticket.assignee;
    Object.assign(ticket, { status: "OPEN", endedAt: null, assignee });
    ticket.reopenedCount += 1;
    ticket.version += 1;
    this.follow(ticket, before);
    return ticket;
  }

  private add(customer: number, assignee: Member | null): ModelTicket {
    const ticket: ModelTicket = {
      number: this.tickets.length + 1,
      customer,
      status: "OPEN",
      assignee,
      isSplitOff: false,
      mergedInto: null,
      endedAt: null,
      reopenedCount: 0,
      snoozedUntil: undefined,
      version: 1,
    };
    this.tickets.push(ticket);
    return ticket;
  }

  private open(customer: number, by: Member | null): ModelTicket {
    const ticket = this.add(customer, this.heir(customer, by));
    this.show(ticket);
    return ticket;
  }

  openByHand(customer: number, by: Member): Outcome {
    if (this.inWork(customer)) return "conflict";
    this.open(customer, by);
    return "done";
  }

  move(number: number, to: TicketStatus, by: Member): Outcome {
    const ticket = this.at(number);
    if (ticket.status === to) return "done";
    const effect = effectOfMove(ticket.status, to, by);
    if (ticket.mergedInto !== null || effect === undefined) return "conflict";
    if (effect === "reopens") {
      if (!ticket.isSplitOff && this.inWork(ticket.customer)) return "conflict";
      this.reopen(ticket, by);
      return "done";
    }
    this.change(ticket, to, effect === "ends");
    if (effect === "ends") this.resolve(this.elsewhere(ticket));
    return "done";
  }

  private change(ticket: ModelTicket, status: TicketStatus, ends: boolean): void {
    const before = ticket.status;
    ticket.status = status;
    ticket.version += 1;
    if (ends) Object.assign(ticket, { endedAt: this.now, snoozedUntil: undefined });
    this.follow(ticket, before);
  }

  /** The conversations in which customers write to a ticket without it being their own. */
  private elsewhere({ number, customer, isSplitOff }: ModelTicket): number[] {
    const merged = this.tickets.filter(({ mergedInto }) => mergedInto === number).map((each) => each.customer);
    return [...(isSplitOff ? [customer] : []), ...merged.filter((each) => each !== customer)];
  }

  private resolve(customers: readonly number[]): void {
    for (const customer of customers) {
      if (!this.inWork(customer)) this.conversation(customer).isResolved = true;
    }
  }

  assign(number: number, to: Member | null): Outcome {
    const ticket = this.at(number);
    if (ticket.assignee === to) return "done";
    if (ticket.mergedInto !== null) return "conflict";
    ticket.assignee = to;
    ticket.version += 1;
    this.follow(ticket, ticket.status);
    return "done";
  }

  snooze(number: number, minutes: number | null): Outcome {
    const ticket = this.at(number);
    if (!isUnfinished(ticket.status)) return "conflict";
    ticket.snoozedUntil = minutes === null ? null : this.now + minutes * 60_000;
    ticket.version += 1;
    return "done";
  }

  wake(number: number): Outcome {
    const ticket = this.at(number);
    if (ticket.snoozedUntil !== undefined) ticket.version += 1;
    ticket.snoozedUntil = undefined;
    return "done";
  }

  wait(minutes: number): void {
    this.now += minutes * 60_000;
    for (const { number, snoozedUntil } of this.tickets) {
      if (typeof snoozedUntil === "number" && snoozedUntil <= this.now) this.wake(number);
    }
  }

  merge(number: number, into: number): Outcome {
    if (number === into) return "validation_failed";
    const [source, target] = [this.at(number), this.at(into)];
    if (source.mergedInto !== null || target.mergedInto !== null || !isUnfinished(target.status)) return "conflict";
    const { version } = source;
    const ends = isUnfinished(source.status);
    this.change(source, "CLOSED", ends);
    // What was merged into it goes on with the target.
    if (ends && source.isSplitOff) this.resolve([source.customer]);
    // One step, whatever happens to it.
    source.version = version;
    for (const ticket of [source, ...this.tickets.filter(({ mergedInto }) => mergedInto === number)]) {
      ticket.mergedInto = into;
      ticket.version += 1;
    }
    target.version += 1;
    const stoodBeside = target.isSplitOff && !source.isSplitOff && target.customer === source.customer;
    if (stoodBeside && !this.inWork(target.customer)) {
      target.isSplitOff = false;
      this.show(target);
    }
    for (const place of this.messagesOf(number)) Object.assign(this.messages[place] ?? {}, { ticket: into });
    return "done";
  }

  split(number: number, place: number | undefined, by: Member): Outcome {
    const ticket = this.at(number);
    if (ticket.mergedInto !== null) return "conflict";
    const message = this.messages[place ?? -1];
    if (!message || this.messagesOf(number).length < 2) return "validation_failed";
    const opened = this.add(message.customer, this.isAway(ticket.assignee, by) ? null : ticket.assignee);
    opened.isSplitOff = true;
    message.ticket = opened.number;
    ticket.version += 1;
    return "done";
  }
}
