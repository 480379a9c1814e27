import { randomInt } from "node:crypto";
import type { TicketStatus } from "@parley/db";
import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildConversation, buildTenant, buildUser, runAsOwner } from "@parley/testing";
import type { TicketAsker } from "./ticket-condition.ts";

export const UNFINISHED = ["OPEN", "PENDING", "WAITING_CUSTOMER", "ESCALATED"] as const;

const COMPANIES = 4;
const TICKETS = 2_000;
/** Written in one transaction. */
const CHUNK = 100;

/** What tickets differ in. */
export interface WrittenTicket {
  status: TicketStatus;
  priority: "LOW" | "HIGH";
  assigneeId: string | null;
  snoozedAt: Date | null;
  tags: string[];
  createdAt: Date;
}

export interface ManyTickets {
  /** Somebody of the last company, who has every fourth of its tickets. */
  asker: TicketAsker & { me: string };
  /** Those of the last company. */
  tickets: readonly WrittenTicket[];
  /** Somebody of another company. */
  stranger: TicketAsker;
}

/** Several companies with as many tickets each, and what PostgreSQL knows of them when it had time to look. */
export async function writeManyTickets(ctx: TestContext): Promise<ManyTickets> {
  const written: Omit<ManyTickets, "stranger">[] = [];
  for (let company = 0; company < COMPANIES; company += 1) written.push(await writeCompany(ctx));
  await runAsOwner(ctx.urls, "vacuum (analyze) ticket");
  const [first, last] = [written.at(0), written.at(-1)];
  if (!first || !last) throw new Error("there is no company");
  return { ...last, stranger: first.asker };
}

async function writeCompany(ctx: TestContext): Promise<Omit<ManyTickets, "stranger">> {
  const { id: tenantId } = await buildTenant(ctx);
  const { id: me } = await buildUser(ctx, { tenantId });
  const { id: conversationId, contactId, inboxId } = await buildConversation(ctx, { tenantId });
  const subjects = { tenantId, conversationId, contactId, inboxId, channel: "WHATSAPP" as const };
  const tickets = Array.from({ length: TICKETS }, (_empty, index) => ticketOf(index, me));
  const first = newId();
  const rows = tickets.map((ticket, index) => ({
    ...subjects,
    ...ticket,
    id: index === 0 ? first : newId(),
    number: index + 1,
    // Those stand beside each other in one conversation.
    splitFromId: index === 0 ? null : first,
  }));
  for (let start = 0; start < TICKETS; start += CHUNK) {
    const data = rows.slice(start, start + CHUNK);
    await ctx.database.withSystem((tx) => tx.ticket.createMany({ data }));
  }
  return { asker: { tenantId, me }, tickets };
}

/** Mostly finished, as tickets are after some time. */
function ticketOf(index: number, me: string): WrittenTicket {
  const unfinished = index % 5 === 4 ? UNFINISHED[(index / 5) & 3] : undefined;
  const createdAt = new Date(Date.now() - index * 1_000);
  return {
    status: unfinished ?? (index % 3 === 0 ? "RESOLVED" : "CLOSED"),
    priority: index % 2 === 0 ? "LOW" : "HIGH",
    assigneeId: index % 4 === 0 ? me : null,
    snoozedAt: index % 7 === 0 ? createdAt : null,
    tags: index % 6 === 0 ? ["returns", ...furtherTags(index)] : [],
    createdAt,
  };
}

/** Some of what is unfinished has as many tags as a ticket can have, and some as many as the index of counts takes. */
function furtherTags(index: number): string[] {
  const count = index % 60 === 24 ? 49 : index % 60 === 54 ? 7 : 0;
  return Array.from({ length: count }, longestTag);
}

/** Of the most bytes, and not to be compressed. */
function longestTag(): string {
  return Array.from({ length: 80 }, () => String.fromCodePoint(0x4e00 + randomInt(20_000))).join("");
}
