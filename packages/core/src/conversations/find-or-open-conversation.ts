import type { Channel, Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import { findOrCreateContact, noSuchContact } from "../contacts/index.ts";
import { asEventActor, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { noSuchInbox } from "../inboxes/index.ts";
import { lockConversation, type LockedConversation } from "./lock-conversation.ts";
import { addressTypesOf, readAddress } from "./read-address.ts";
import { refuseField } from "./refuse-field.ts";
import type { OpenConversationInput } from "./schemas.ts";

/**
 * The one conversation of an inbox with a contact, or with whoever has the address `to` (a new contact if nobody
 * has), opened if there is none, and locked. Without `inboxId` it is the default inbox of the settings. Safe against
 * ingest, twins and whoever deletes the inbox. Refuses whom the inbox's channel cannot reach.
 */
export async function findOrOpenConversation(
  ctx: RequestContext,
  tx: Tx,
  tenantId: string,
  input: OpenConversationInput,
): Promise<LockedConversation & { isNew: boolean }> {
  const inboxId = input.inboxId ?? (await defaultInbox(tx, tenantId));
  const channel = await holdInbox(tx, tenantId, inboxId);
  const contactId =
    input.to === undefined
      ? await reachableContact(tx, tenantId, channel, input.contactId)
      : await findOrCreateContact(ctx, tx, tenantId, readAddress(channel, input.to));
  const key = { tenantId, inboxId, contactId };
  const isNew = await openIfAbsent(ctx, tx, key);
  const found = await tx.conversation.findUniqueOrThrow({
    where: { tenantId_inboxId_contactId_externalThreadId: { ...key, externalThreadId: "" } },
    select: { id: true },
  });
  return { ...(await lockConversation(tx, tenantId, found.id)), isNew };
}

async function defaultInbox(tx: Tx, tenantId: string): Promise<string> {
  const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: { defaultInboxId: true } });
  if (tenant?.defaultInboxId) return tenant.defaultInboxId;
  const message =
    "is needed, because the settings name no default inbox; name one, or set defaultInboxId in the settings";
  throw refuseField({ path: "inboxId", message });
}

/** The inbox's channel. Nobody deletes the inbox until the transaction ends; one that is being deleted is waited for. */
async function holdInbox(tx: Tx, tenantId: string, id: string): Promise<Channel> {
  const [inbox] = await tx.$queryRaw<{ channel: Channel }[]>`
    select channel from inbox where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for key share`;
  if (!inbox) throw noSuchInbox();
  return inbox.channel;
}

/** The contact's id, once it is known that the channel has an identifier to send to. */
async function reachableContact(tx: Tx, tenantId: string, channel: Channel, id: string): Promise<string> {
  const contact = await tx.contact.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: { identifiers: { where: { type: { in: addressTypesOf(channel) } }, select: { type: true }, take: 1 } },
  });
  if (!contact) throw noSuchContact();
  if (contact.identifiers.length > 0) return id;
  const name = channel.toLowerCase();
  const message = `is a contact without an identifier on ${name}; add one to the contact, or name an address in "to" instead`;
  throw refuseField({ path: "contactId", message });
}

/** Whether there was none. The unique key decides: whoever loses the race waits in the insert for the winner. */
async function openIfAbsent(
  ctx: RequestContext,
  tx: Tx,
  key: { tenantId: string; inboxId: string; contactId: string },
): Promise<boolean> {
  const { tenantId, contactId } = key;
  const id = newId();
  const now = ctx.clock.now();
  const { count } = await tx.conversation.createMany({
    data: [{ ...key, id, lastMessageAt: now, createdAt: now }],
    skipDuplicates: true,
  });
  if (count === 0) return false;
  await publishEvents(ctx, tx, [
    {
      tenantId,
      type: "CONVERSATION_OPENED",
      ...asEventActor(ctx.actor),
      contactId,
      conversationId: id,
    },
  ]);
  return true;
}
