import type { MembershipRole } from "@parley/db";
import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createMailHandlers } from "../mail-jobs/index.ts";
import type { TestAuthContext } from "../auth/auth.fixture.ts";
import type { RequestContext } from "../context/index.ts";
import { openMailStage, tokenOf, type MailStage } from "../mail-jobs/mail.fixture.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { createInvitation } from "./create-invitation.ts";
import { listInvitations } from "./list-invitations.ts";
import { revokeInvitation } from "./revoke-invitation.ts";
import type { InvitationJson } from "./schemas.ts";

export const DAY_MS = 24 * 3_600_000;
/** How long an invitation is open. */
export const WEEK_MS = 7 * DAY_MS;
export const NEW_PASSWORD = "a-new-password-1";

/** What somebody without an account gives besides the token. */
export const newcomer = { fullName: "Agent Two", password: NEW_PASSWORD };

export const newAddress = (): string => `${newId()}@users.example`;

type Acting = Partial<{ userId: string; role: MembershipRole | null; isSuperAdmin: boolean }>;

/** A company that invites and revokes, as `admin` unless somebody else is named. */
export interface InvitingCompany {
  stage: MailStage;
  ctx: TestAuthContext;
  tenantId: string;
  admin: BuiltUser;
  /** Whom it invites next; a test may name somebody else. */
  email: string;
  acting(as?: Acting): TestAuthContext & RequestContext;
  /** As somebody else who works for the company, where only a role is given. */
  invite(role?: MembershipRole, as?: Acting): Promise<InvitationJson>;
  revoke(id: string): Promise<void>;
  list(status?: InvitationJson["status"]): Promise<InvitationJson[]>;
  /** As the worker does it; the token of the mail's link. */
  readMail(invitation: InvitationJson): Promise<string>;
  /** As whoever has the mail; a newcomer unless something else is given. */
  accept(token: string, input?: { fullName?: string; password?: string }): ReturnType<typeof acceptInvitation>;
  /** Of a user in the company; null for somebody who is no member. */
  roleOf(userId: string): Promise<MembershipRole | null>;
  /** The entries of one action, oldest first. */
  auditOf(action: string): Promise<object[]>;
}

export async function openCompany(stage: MailStage): Promise<InvitingCompany> {
  const { ctx } = stage;
  const { id: tenantId } = await buildTenant(ctx);
  const admin = await buildUser(ctx, { tenantId, role: "ADMIN" });
  const acting = (as: Acting = {}) => actingAs(ctx, { userId: admin.id, tenantId, role: "ADMIN", ...as });
  const company: InvitingCompany = {
    stage,
    ctx,
    tenantId,
    admin,
    email: newAddress(),
    acting,
    async invite(role = "AGENT", as) {
      const inviter = as?.role && !as.userId ? await buildUser(ctx, { tenantId, role: as.role }) : admin;
      return createInvitation(acting({ userId: inviter.id, ...as }), { email: company.email, role });
    },
    revoke: (id) => revokeInvitation(acting(), { id }),
    list: async (status) => (await listInvitations(acting(), { limit: 50, ...(status && { status }) })).data,
    async readMail({ id, email }) {
      await createMailHandlers(stage.mailContext).send_invitation({ tenantId, invitationId: id });
      return tokenOf(stage.mailsTo(email).at(-1));
    },
    accept: (token, input = newcomer) => acceptInvitation(ctx, { token, ...input }),
    async roleOf(userId) {
      const where = { tenantId_userId: { tenantId, userId } };
      return (await ctx.database.withSystem((tx) => tx.membership.findUnique({ where })))?.role ?? null;
    },
    auditOf: (action) =>
      ctx.database.withSystem((tx) => tx.auditEntry.findMany({ where: { tenantId, action }, orderBy: { id: "asc" } })),
  };
  return company;
}

/** One stage for all tests of a file and a company of its own for each. */
export function openCompanyForEachTest(use: (company: InvitingCompany) => void): void {
  let stage: MailStage;
  beforeAll(async () => {
    stage = await openMailStage();
  });
  beforeEach(async () => use(await openCompany(stage)));
  afterAll(() => stage.close());
}
