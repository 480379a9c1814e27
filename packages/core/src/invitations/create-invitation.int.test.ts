import { buildTenant, buildUser } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { claimKey } from "../idempotency/index.ts";
import { mailJobsOf, refusalOfLink } from "../mail-jobs/mail.fixture.ts";
import { createInvitation } from "./create-invitation.ts";
import { openCompanyForEachTest, WEEK_MS, type InvitingCompany } from "./invitations.fixture.ts";

let company: InvitingCompany;
let ctx: InvitingCompany["ctx"];

openCompanyForEachTest((opened) => {
  company = opened;
  ({ ctx } = opened);
});

describe("inviting", () => {
  test("makes an invitation for a week, and a job that knows its id and nothing else", async () => {
    const invitation = await company.invite("MANAGER");
    const now = ctx.clock.now();
    expect(invitation).toEqual({
      id: invitation.id,
      email: company.email,
      role: "manager",
      status: "open",
      invitedBy: company.admin.id,
      expiresAt: new Date(now.getTime() + WEEK_MS).toISOString(),
      createdAt: now.toISOString(),
      acceptedAt: null,
    });
    expect(await mailJobsOf(ctx, [invitation])).toEqual([
      {
        id: `invitation-${invitation.id}`,
        name: "send_invitation",
        payload: { tenantId: company.tenantId, invitationId: invitation.id },
      },
    ]);
  });

  test.each([
    ["ADMIN", "OWNER", "forbidden"],
    ["ADMIN", "ADMIN", null],
    ["OWNER", "OWNER", null],
  ] as const)("as %s to %s is %s", async (role, to, refusal) => {
    const outcome = await company.invite(to, { role }).then(
      () => null,
      (error: unknown) => error,
    );
    if (refusal) expect(outcome).toMatchObject({ code: refusal });
    else expect(outcome).toBeNull();
    expect(await company.list()).toHaveLength(refusal ? 0 : 1);
  });

  test.each(["AGENT", "MANAGER"] as const)("is nothing that a role of %s may do", async (role) => {
    await expect(company.invite("AGENT", { role })).rejects.toMatchObject({ code: "forbidden" });
  });

  test("is open to a SUPER_ADMIN who is no member, for every role", async () => {
    const root = await buildUser(ctx, { isSuperAdmin: true });
    const invitation = await company.invite("OWNER", { userId: root.id, role: null, isSuperAdmin: true });
    expect(invitation).toMatchObject({ role: "owner", invitedBy: root.id });
    const session = await company.accept(await company.readMail(invitation));
    expect(await company.roleOf(session.user.id)).toBe("OWNER");
  });

  test("a member is a conflict; a member of another company is not", async () => {
    await buildUser(ctx, { tenantId: company.tenantId, email: company.email });
    await expect(company.invite()).rejects.toMatchObject({ code: "conflict" });
    company.email = (await buildUser(ctx, { tenantId: (await buildTenant(ctx)).id })).email;
    await expect(company.invite()).resolves.toMatchObject({ status: "open" });
  });

  test("somebody again revokes the older invitation, whose link is worthless then", async () => {
    const first = await company.invite("MANAGER");
    const oldToken = await company.readMail(first);
    const second = await company.invite("AGENT");
    expect((await company.list()).map(({ id, status }) => [id, status])).toEqual([
      [second.id, "open"],
      [first.id, "revoked"],
    ]);
    await refusalOfLink(company.accept(oldToken));
    const session = await company.accept(await company.readMail(second));
    expect(session.user.role).toBe("agent");
  });

  test("somebody again is possible when the older invitation has expired", async () => {
    await company.invite();
    ctx.clock.advance(WEEK_MS);
    await expect(company.invite()).resolves.toMatchObject({ status: "open" });
  });

  test("somebody again is refused when the older invitation is to a role above one's own", async () => {
    await company.invite("OWNER", { role: "OWNER" });
    await expect(company.invite("AGENT")).rejects.toMatchObject({ code: "forbidden" });
    expect(await company.list("open")).toMatchObject([{ role: "owner" }]);
  });

  test("the same person at the same time leaves one open invitation", async () => {
    const outcomes = await Promise.allSettled([company.invite("AGENT"), company.invite("MANAGER")]);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict" });
    }
    expect(await company.list("open")).toHaveLength(1);
    const made = outcomes.filter(({ status }) => status === "fulfilled");
    expect(await company.list()).toHaveLength(made.length);
  });

  test("under an Idempotency-Key happens once", async () => {
    const idempotency = claimKey("invite-1", { method: "POST", path: "/invitations", body: { email: company.email } });
    const first = await createInvitation({ ...company.acting(), idempotency }, { email: company.email, role: "AGENT" });
    const second = await createInvitation(
      { ...company.acting(), idempotency },
      { email: company.email, role: "AGENT" },
    );
    expect(second).toEqual(first);
    expect(await company.list()).toHaveLength(1);
  });

  test("is written down, and so is what it replaces", async () => {
    const first = await company.invite("AGENT");
    const second = await company.invite("MANAGER");
    expect(await company.auditOf("invitation.created")).toMatchObject([
      {
        actorId: company.admin.id,
        subjectType: "invitation",
        subjectId: first.id,
        after: { email: company.email, role: "agent" },
      },
      { subjectId: second.id, after: { email: company.email, role: "manager" } },
    ]);
    expect(await company.auditOf("invitation.revoked")).toMatchObject([
      { subjectId: first.id, before: { status: "open" }, after: { status: "revoked" } },
    ]);
  });
});
