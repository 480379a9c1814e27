import type { Tx } from "@parley/db";
import type { Actor, RequestContext } from "../context/index.ts";
import { noSuchConversation } from "../conversations/index.ts";
import { toJsonEnum } from "../json/index.ts";
import {
  findTicketOfNewMessages,
  noSuchTicket,
  toTicketJson,
  withKnownAttributes,
  type TicketJson,
  type TicketRow,
} from "../tickets/index.ts";
import { timeValues } from "./time-values.ts";

type Values = Record<string, string | number | boolean | undefined>;

/** What the variables of a template stand for, by their names. What has no value is not there, or undefined. */
export interface TemplateValues {
  contact: Values;
  agent: Values;
  ticket: Record<string, Values[string] | Values>;
  conversation: Values;
  tenant: Values;
  now: Values;
}

/** Where a template is used: on a ticket, or in a conversation with the ticket that what is written there belongs to. */
export type TemplatePlace = { ticketId: string } | { conversationId: string };

/** The values of the variables in a place, as they are now. Refuses as `not_found` a place that there is not. */
export async function loadTemplateValues(
  ctx: Pick<RequestContext, "clock"> & { actor: Actor | null },
  tx: Tx,
  tenantId: string,
  place: TemplatePlace,
): Promise<TemplateValues> {
  const { ticket, conversationId } = await findPlace(tx, tenantId, place);
  const conversation = await tx.conversation.findUnique({
    where: { tenantId_id: { tenantId, id: conversationId } },
    select: {
      inbox: { select: { channel: true } },
      contact: { select: { name: true, identifiers: { orderBy: [{ isPrimary: "desc" }, { createdAt: "asc" }] } } },
    },
  });
  if (!conversation) throw noSuchConversation();
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  const { contact, inbox } = conversation;
  const { identifiers } = contact;
  return {
    contact: present({
      ...namesOf(contact.name),
      phone: identifiers.find(({ type }) => type === "PHONE" || type === "WHATSAPP")?.value,
      email: identifiers.find(({ type }) => type === "EMAIL")?.value,
    }),
    agent: present(namesOf(await findAgentName(tx, tenantId, ctx.actor))),
    ticket: await ticketValues(tx, ticket),
    conversation: present({ channel: toJsonEnum(inbox.channel) }),
    tenant: present({ name: tenant.name }),
    now: timeValues(ctx.clock.now(), tenant),
  };
}

async function findPlace(
  tx: Tx,
  tenantId: string,
  place: TemplatePlace,
): Promise<{ ticket: TicketRow | null; conversationId: string }> {
  if ("conversationId" in place) {
    const { conversationId } = place;
    return { ticket: await findTicketOfNewMessages(tx, { tenantId, conversationId }), conversationId };
  }
  const ticket = await tx.ticket.findUnique({ where: { tenantId_id: { tenantId, id: place.ticketId } } });
  if (!ticket) throw noSuchTicket();
  return { ticket, conversationId: ticket.conversationId };
}

/** A program has no name, nor has one of the platform's administrators who is not a member; null is a rule. */
async function findAgentName(tx: Tx, tenantId: string, actor: Actor | null): Promise<string | undefined> {
  if (actor?.type !== "user") return undefined;
  const { userId } = actor;
  const membership = await tx.membership.findUnique({
    where: { tenantId_userId: { tenantId, userId } },
    select: { user: { select: { fullName: true } } },
  });
  return membership?.user.fullName;
}

async function ticketValues(tx: Tx, row: TicketRow | null): Promise<TemplateValues["ticket"]> {
  if (!row) return { attributes: attributeValues({}) };
  const ticket = await withKnownAttributes(tx, row.tenantId, toTicketJson(row));
  const { number, subject, orderRef, status, attributes } = ticket;
  return { ...present({ number, subject, orderRef, status }), attributes: attributeValues(attributes) };
}

/** Liquid would answer how many there are when it is asked for a `size` that is not there. */
export function attributeValues(attributes: TicketJson["attributes"]): Values {
  return { size: undefined, ...present(attributes) };
}

function namesOf(name: string | null | undefined): { name: string | undefined; firstName: string | undefined } {
  const words = name?.trim().split(/\s+/) ?? [];
  return { name: words.join(" "), firstName: words[0] };
}

/** Without what is not there, or is blank: to a condition of Liquid an empty text would be there. */
function present(values: Record<string, unknown>): Values {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (isValue(value) ? [[name, value]] : [])));
}

function isValue(value: unknown): value is string | number | boolean {
  return typeof value === "string" ? value.trim() !== "" : typeof value === "number" || typeof value === "boolean";
}
