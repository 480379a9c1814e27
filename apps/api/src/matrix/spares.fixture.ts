import { createHash, randomBytes } from "node:crypto";
import { newId } from "@parley/runtime";
import { buildInbox, buildMessage, buildRawEvent, buildSession, buildUser } from "@parley/testing";
import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

const HOUR_MS = 3_600_000;

function newToken(): { token: string; tokenHash: Uint8Array<ArrayBuffer> } {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenHash: new Uint8Array(createHash("sha256").update(token).digest()) };
}

function inAnHour(api: TestApi): Date {
  return new Date(api.context.clock.now().getTime() + HOUR_MS);
}

/** Somebody with the password of the tenant. */
async function hire(
  api: TestApi,
  tenant: SeededTenant,
  role: "OWNER" | "AGENT",
): Promise<{ id: string; email: string }> {
  const { things, passwordHash } = tenant;
  return buildUser(api.context, {
    tenantId: things.tenant,
    role,
    email: `${newId()}.${things.canary}@users.example`,
    fullName: `Spare ${things.canary}`,
    passwordHash,
  });
}

export async function spareMember(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  return { things: { member: (await hire(api, tenant, "AGENT")).id } };
}

/** The caller is somebody new, whose sessions and password nobody else needs. */
export async function spareCaller(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const { id, email } = await hire(api, tenant, "OWNER");
  return { things: { email }, caller: id };
}

export async function spareTeamMember(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const { id: userId } = await hire(api, tenant, "AGENT");
  const { tenant: tenantId, team: teamId } = tenant.things;
  await api.context.database.withSystem((tx) => tx.teamMembership.create({ data: { tenantId, teamId, userId } }));
  return { things: { member: userId } };
}

export async function spareTeam(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const id = newId();
  const team = { tenantId: things.tenant, id, name: `Spare ${things.canary} ${id}` };
  await api.context.database.withSystem((tx) => tx.team.create({ data: team }));
  return { things: { team: id } };
}

/** Shared by the owner. */
export async function spareView(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { tenant: tenantId, owner: ownerId, canary } = things;
  const id = newId();
  await api.context.database.withSystem((tx) =>
    tx.savedView.create({
      data: { tenantId, id, ownerId, name: `Spare ${canary}`, isShared: true, filter: { tag: [canary] } },
    }),
  );
  return { things: { view: id } };
}

export async function spareSession(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { id } = await buildSession(api.context, { userId: things.owner, tenantId: things.tenant });
  return { things: { session: id } };
}

/** `{token}` is a refresh token of the owner. */
export async function spareRefreshToken(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { id: sessionId } = await buildSession(api.context, { userId: things.owner, tenantId: things.tenant });
  const { token, tokenHash } = newToken();
  const expiresAt = inAnHour(api);
  await api.context.database.withSystem((tx) =>
    tx.refreshToken.create({ data: { id: newId(), sessionId, tokenHash, expiresAt } }),
  );
  return { words: { token } };
}

/** `{token}` is that of the link in the mail. */
export async function spareInvitation(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { token, tokenHash } = newToken();
  const id = newId();
  const email = `${id}.${things.canary}@users.example`;
  const invitedBy = things.owner;
  const expiresAt = inAnHour(api);
  await api.context.database.withSystem((tx) =>
    tx.invitation.create({
      data: { tenantId: things.tenant, id, email, role: "AGENT", tokenHash, invitedBy, expiresAt },
    }),
  );
  return { things: { invitation: id }, words: { token } };
}

/** `{token}` is that of the link in the mail, to somebody whose sessions nobody else needs. */
export async function sparePasswordReset(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const { id: userId } = await hire(api, tenant, "AGENT");
  const { token, tokenHash } = newToken();
  const expiresAt = inAnHour(api);
  await api.context.database.withSystem((tx) =>
    tx.passwordReset.create({ data: { id: newId(), userId, tokenHash, expiresAt } }),
  );
  return { words: { token } };
}

/** Without conversations. */
export async function spareInbox(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { id } = await buildInbox(api.context, { tenantId: things.tenant, name: `Spare ${things.canary}` });
  return { things: { inbox: id } };
}

/** One that failed. */
export async function spareMessage(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { tenant: tenantId, conversation: id, inbox: inboxId, contact: contactId } = things;
  const failed = { direction: "OUTBOUND", status: "FAILED" } as const;
  const message = await buildMessage(api.context, { tenantId, id, inboxId, contactId }, failed);
  return { things: { message: message.id } };
}

/** One that could not be fetched, of a message of its own. */
export async function spareFailedAttachment(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { tenant: tenantId, conversation: id, inbox: inboxId, contact: contactId } = things;
  const message = await buildMessage(api.context, { tenantId, id, inboxId, contactId });
  const attachmentId = newId();
  const file = { kind: "IMAGE", mimeType: "image/png", providerMediaId: attachmentId } as const;
  const failed = { state: "FAILED", failure: "not_found", nextFetchAt: null } as const;
  await api.context.database.withSystem((tx) =>
    tx.messageAttachment.create({
      data: { tenantId, id: attachmentId, messageId: message.id, ...file, ...failed },
    }),
  );
  return { things: { inbound: message.id, attachment: attachmentId } };
}

/** One that is queued and has time to be cancelled. */
export async function spareQueuedMessage(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { tenant: tenantId, conversation: id, inbox: inboxId, contact: contactId } = things;
  const queued = { direction: "OUTBOUND", status: "QUEUED", externalId: null } as const;
  const message = await buildMessage(api.context, { tenantId, id, inboxId, contactId }, queued);
  return { things: { message: message.id } };
}

/** One that is scheduled. `{soon}` is a time to come. */
export async function spareScheduledMessage(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { tenant: tenantId, conversation: id, inbox: inboxId, contact: contactId } = things;
  const at = inAnHour(api);
  const scheduled = { direction: "OUTBOUND", status: "SCHEDULED", externalId: null, sentAt: null } as const;
  const times = { scheduledFor: at, occurredAt: at };
  const message = await buildMessage(api.context, { tenantId, id, inboxId, contactId }, { ...scheduled, ...times });
  return { things: { message: message.id }, words: { soon: at.toISOString() } };
}

export async function spareRawEvent(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { id } = await buildRawEvent(api.context, { tenantId: things.tenant, inboxId: things.inbox });
  return { things: { rawEvent: id } };
}

/** An inbox and a team without a policy. */
export async function sparePolicyScope(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const [inbox, team] = [await spareInbox(api, tenant), await spareTeam(api, tenant)];
  return { things: { ...inbox.things, ...team.things } };
}

export async function sparePolicy(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const { things } = await spareInbox(api, tenant);
  const id = newId();
  const policy = { tenantId: tenant.things.tenant, id, inboxId: things?.inbox ?? null, method: "MANUAL" as const };
  await api.context.database.withSystem((tx) => tx.assignmentPolicy.create({ data: policy }));
  return { things: { policy: id } };
}
