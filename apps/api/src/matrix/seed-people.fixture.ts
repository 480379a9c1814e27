import { createPasswordHasher } from "@parley/core/auth";
import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildSession, buildTenant, buildUser } from "@parley/testing";
import { newHash, newTexts, type Things } from "./things.fixture.ts";

const HOUR_MS = 3_600_000;

export type People = Pick<
  Things,
  | "tenant"
  | "branch"
  | "owner"
  | "member"
  | "team"
  | "view"
  | "invitation"
  | "apiKey"
  | "session"
  | "canary"
  | "email"
  | "password"
  | "phone"
>;

const passwords = createPasswordHasher({ cost: 4 });

/** A company and its branch, who works there, their sessions and teams, who is invited, and its programs' keys. */
export async function seedPeople(context: TestContext): Promise<People & { passwordHash: string }> {
  const texts = newTexts();
  const { canary } = texts;
  const email = `owner.${canary}@users.example`;
  const passwordHash = await passwords.hash(texts.password, null);
  const { id: tenantId } = await buildTenant(context, {
    name: `Company ${canary}`,
    slug: canary,
    survey: { question: `How do you like ${canary}?` },
  });
  const { id: branch } = await buildTenant(context, { name: `Branch ${canary}`, slug: `branch-${canary}` });
  const owned = { tenantId, role: "OWNER", email, fullName: `Owner ${canary}`, passwordHash } as const;
  const { id: owner } = await buildUser(context, owned);
  const agent = { tenantId, email: `agent.${canary}@users.example`, fullName: `Agent ${canary}` };
  const { id: member } = await buildUser(context, agent);
  const ends = new Date(Date.now() + HOUR_MS);

  const ids = await context.database.withSystem(async (tx) => {
    await tx.membership.create({ data: { tenantId: branch, userId: owner, role: "MANAGER" } });
    const [team, otherTeam] = [newId(), newId()];
    await tx.team.createMany({
      data: [team, otherTeam].map((id) => ({
        tenantId,
        id,
        name: `Team ${canary} ${id}`,
        description: `What ${canary} does`,
      })),
    });
    await tx.teamMembership.createMany({
      data: [owner, member].map((userId) => ({ tenantId, teamId: team, userId })),
    });
    const [view, otherView] = [newId(), newId()];
    await tx.savedView.createMany({
      data: [view, otherView].map((id) => ({
        tenantId,
        id,
        ownerId: owner,
        name: `View ${canary}`,
        isShared: true,
        filter: { tag: [canary] },
      })),
    });
    const [invitation, otherInvitation] = [newId(), newId()];
    await tx.invitation.createMany({
      data: [invitation, otherInvitation].map((id) => ({
        tenantId,
        id,
        email: `guest.${id}.${canary}@users.example`,
        role: "AGENT" as const,
        invitedBy: owner,
        expiresAt: ends,
      })),
    });
    const apiKey = newId();
    await tx.apiKey.create({
      data: {
        tenantId,
        id: apiKey,
        name: `Key ${canary}`,
        prefix: `pk_${canary}`,
        keyHash: newHash(),
        role: "OWNER",
        scopes: ["tickets.read"],
        createdBy: owner,
      },
    });
    await tx.passwordResetRequest.create({ data: { id: newId(), email: agent.email } });
    await tx.passwordReset.create({ data: { id: newId(), userId: member, expiresAt: ends } });
    return { team, view, invitation, apiKey };
  });
  const signedIn = { tenant: tenantId, owner, canary };
  const session = await seedSession(context, signedIn);
  await seedSession(context, signedIn);
  return { tenant: tenantId, branch, owner, member, session, email, passwordHash, ...ids, ...texts };
}

/** Where the owner is signed in, with a refresh token. */
async function seedSession(
  context: TestContext,
  { tenant, owner, canary }: { tenant: string; owner: string; canary: string },
): Promise<string> {
  const where = { address: `address of ${canary}`, userAgent: `Browser ${canary}` };
  const { id: sessionId } = await buildSession(context, { userId: owner, tenantId: tenant, ...where });
  const expiresAt = new Date(Date.now() + HOUR_MS);
  await context.database.withSystem((tx) =>
    tx.refreshToken.create({ data: { id: newId(), sessionId, tokenHash: newHash(), expiresAt } }),
  );
  return sessionId;
}
