import { newId } from "@parley/runtime";
import {
  buildContact,
  buildConversation,
  buildInbox,
  buildMessage,
  buildTicket,
  unusedPhone,
  type BuiltConversation,
} from "@parley/testing";
import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

function spareConversation({ context }: TestApi, { things }: SeededTenant): Promise<BuiltConversation> {
  return buildConversation(context, { tenantId: things.tenant });
}

/** An inbox and a contact who have a conversation without a ticket, and a number that nobody has. */
export async function sparePlace({ context }: TestApi, { things }: SeededTenant): Promise<Spare> {
  const tenantId = things.tenant;
  const { id: inboxId } = await buildInbox(context, { tenantId });
  const identifiers = [{ type: "WHATSAPP" as const, value: unusedPhone(), isPrimary: true }];
  const { id: contactId } = await buildContact(context, { tenantId, identifiers });
  const { id } = await buildConversation(context, { tenantId, inboxId, contactId });
  return { things: { inbox: inboxId, contact: contactId, conversation: id, phone: unusedPhone() } };
}

/** One that is being worked on. */
export async function spareTicket(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const { id } = await buildTicket(api.context, await spareConversation(api, tenant));
  return { things: { ticket: id } };
}

/** Two that have nothing to do with one another. */
export async function spareTickets(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const { id: ticket } = await buildTicket(api.context, await spareConversation(api, tenant));
  const { id: linked } = await buildTicket(api.context, await spareConversation(api, tenant));
  return { things: { ticket, linked } };
}

export async function spareLink(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const { things = {} } = await spareTickets(api, tenant);
  const { ticket = "", linked = "" } = things;
  const tenantId = tenant.things.tenant;
  await api.context.database.withSystem((tx) =>
    tx.ticketLink.createMany({
      data: [
        { tenantId, ticketId: ticket, linkedId: linked },
        { tenantId, ticketId: linked, linkedId: ticket },
      ],
    }),
  );
  return { things };
}

/** A ticket with a message that can leave it: it has another. */
export async function spareThread(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const conversation = await spareConversation(api, tenant);
  const { id: ticketId } = await buildTicket(api.context, conversation);
  await buildMessage(api.context, conversation, { ticketId });
  const { id: inbound } = await buildMessage(api.context, conversation, { ticketId });
  return { things: { ticket: ticketId, inbound } };
}

export async function spareTicketAttribute({ context }: TestApi, { things }: SeededTenant): Promise<Spare> {
  const id = newId();
  const attribute = { tenantId: things.tenant, id, key: `spare_${id.replaceAll("-", "")}`, label: things.canary };
  await context.database.withSystem((tx) => tx.ticketAttribute.create({ data: { ...attribute, type: "TEXT" } }));
  return { things: { ticketAttribute: id } };
}
