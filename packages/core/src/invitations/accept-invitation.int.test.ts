import { TEST_PASSWORD, buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { login } from "../auth/index.ts";
import { hashMailToken, mailQueue } from "../mail/index.ts";
import { refusalOfLink } from "../mail-jobs/mail.fixture.ts";
import {
  newAddress,
  newcomer,
  NEW_PASSWORD,
  openCompany,
  openCompanyForEachTest,
  WEEK_MS,
  type InvitingCompany,
} from "./invitations.fixture.ts";

let company: InvitingCompany;
let ctx: InvitingCompany["ctx"];

openCompanyForEachTest((opened) => {
  company = opened;
  ({ ctx } = opened);
});

describe("accepting", () => {
  test("makes a user and a member of whoever is new, and signs them in", async () => {
    const invitation = await company.invite("MANAGER");
    const session = await company.accept(await company.readMail(invitation));
    expect(session).toMatchObject({
      user: { email: company.email, fullName: "Agent Two", role: "manager", isSuperAdmin: false },
      tenant: { id: company.tenantId },
    });
    expect(await company.roleOf(session.user.id)).toBe("MANAGER");
    await expect(login(ctx, { email: company.email, password: NEW_PASSWORD })).resolves.toMatchObject({
      tenant: { id: company.tenantId },
    });
    expect(await company.list("accepted")).toMatchObject([{ acceptedAt: ctx.clock.now().toISOString() }]);
  });

  test.each([
    ["neither name nor password", {}, ["fullName", "password"]],
    ["no name", { password: NEW_PASSWORD }, ["fullName"]],
    ["no password", { fullName: "Agent Two" }, ["password"]],
    ["a short password", { fullName: "Agent Two", password: "123456789" }, ["password"]],
  ])("asks a newcomer who gives %s for what is missing, and can be repeated", async (_what, input, paths) => {
    const token = await company.readMail(await company.invite());
    const refused = company.accept(token, input);
    await expect(refused).rejects.toMatchObject({
      code: "validation_failed",
      fields: paths.map((path) => expect.objectContaining({ path })),
    });
    await expect(company.accept(token)).resolves.toBeDefined();
  });

  test("needs the password of somebody who has an account, and leaves their account as it is", async () => {
    const other = await buildTenant(ctx);
    const user = await buildUser(ctx, { tenantId: other.id, email: company.email });
    const token = await company.readMail(await company.invite());
    await expect(company.accept(token, {})).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "password" }],
    });
    await expect(company.accept(token, newcomer)).rejects.toMatchObject({ code: "invalid_credentials" });
    expect(await company.roleOf(user.id)).toBeNull();

    const session = await company.accept(token, { fullName: "Somebody Else", password: TEST_PASSWORD });
    expect(session).toMatchObject({ user: { id: user.id, fullName: user.fullName }, tenant: { id: company.tenantId } });
    expect(await company.roleOf(user.id)).toBe("AGENT");
  });

  test("is refused with the same words whether the token is unknown, used, revoked or expired", async () => {
    const used = await company.readMail(await company.invite());
    await company.accept(used);
    company.email = newAddress();
    const invitation = await company.invite();
    const revoked = await company.readMail(invitation);
    await company.revoke(invitation.id);
    const expired = await company.readMail(await company.invite());
    ctx.clock.advance(WEEK_MS);
    const refusals = [];
    for (const token of ["a-token-that-nobody-was-sent", used, revoked, expired]) {
      refusals.push(await refusalOfLink(company.accept(token)));
    }
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
  });

  test("is possible until the last millisecond of the week", async () => {
    const token = await company.readMail(await company.invite());
    ctx.clock.advance(WEEK_MS - 1);
    await expect(company.accept(token)).resolves.toBeDefined();
  });

  test("succeeds for one of several who do it at the same time", async () => {
    const token = await company.readMail(await company.invite());
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => company.accept(token)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const members = await ctx.database.withSystem((tx) =>
      tx.membership.count({ where: { tenantId: company.tenantId, user: { email: company.email } } }),
    );
    expect(members).toBe(1);
  });

  test("of two companies at the same time makes one account", async () => {
    const first = await company.readMail(await company.invite());
    const other = await openCompany(company.stage);
    other.email = company.email;
    const second = await other.readMail(await other.invite("AGENT"));
    const outcomes = await Promise.allSettled([company.accept(first), company.accept(second)]);
    expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict" });
    }
    // Whoever lost can still accept, with the password that the account has now.
    for (const [index, token] of [first, second].entries()) {
      if (outcomes[index]?.status === "rejected") await company.accept(token, { password: NEW_PASSWORD });
    }
    const users = await ctx.database.withSystem((tx) =>
      tx.user.findMany({ where: { email: company.email }, include: { memberships: true } }),
    );
    expect(users.map(({ memberships }) => memberships.length)).toEqual([2]);
  });

  test.each<[string, (inviter: BuiltUser) => Promise<unknown>]>([
    [
      "left the company",
      ({ id: userId }) => ctx.database.withSystem((tx) => tx.membership.deleteMany({ where: { userId } })),
    ],
    [
      "holds less than the role",
      ({ id: userId }) =>
        ctx.database.withSystem((tx) => tx.membership.updateMany({ where: { userId }, data: { role: "AGENT" } })),
    ],
    [
      "works for a company that was closed",
      () =>
        ctx.database.withSystem((tx) =>
          tx.tenant.update({ where: { id: company.tenantId }, data: { status: "CLOSED" } }),
        ),
    ],
  ])("is refused like a void link when the inviter %s meanwhile", async (_what, change) => {
    const token = await company.readMail(await company.invite("MANAGER"));
    await change(company.admin);
    expect(await refusalOfLink(company.accept(token))).toEqual(
      await refusalOfLink(company.accept("a-token-that-nobody-was-sent")),
    );
    const users = await ctx.database.withSystem((tx) => tx.user.count({ where: { email: company.email } }));
    expect(users).toBe(0);
  });

  test("is possible when the inviter holds less than before, but still the role", async () => {
    const token = await company.readMail(await company.invite("AGENT"));
    await ctx.database.withSystem((tx) =>
      tx.membership.updateMany({ where: { userId: company.admin.id }, data: { role: "AGENT" } }),
    );
    await expect(company.accept(token)).resolves.toBeDefined();
  });

  test("is a conflict for somebody who became a member by another way, whose role stays", async () => {
    const user = await buildUser(ctx, { email: company.email });
    const token = await company.readMail(await company.invite("MANAGER"));
    await ctx.database.withSystem((tx) =>
      tx.membership.create({ data: { tenantId: company.tenantId, userId: user.id, role: "AGENT" } }),
    );
    await expect(company.accept(token, { password: TEST_PASSWORD })).rejects.toMatchObject({ code: "conflict" });
    expect(await company.roleOf(user.id)).toBe("AGENT");
  });

  test("is written down as the deed of whoever joins", async () => {
    const invitation = await company.invite("MANAGER");
    const session = await company.accept(await company.readMail(invitation));
    expect(await company.auditOf("member.added")).toMatchObject([
      {
        actorType: "USER",
        actorId: session.user.id,
        subjectType: "member",
        subjectId: session.user.id,
        after: { email: company.email, role: "manager", invitationId: invitation.id },
        address: "192.0.2.1",
      },
    ]);
  });

  test("leaves the token nowhere: neither in a table, nor in a job, nor in a log", async () => {
    const invitation = await company.invite();
    const token = await company.readMail(invitation);
    await company.accept(token);
    const row = await ctx.database.withSystem((tx) => tx.invitation.findFirst({ where: { id: invitation.id } }));
    expect(row?.tokenHash && Buffer.from(row.tokenHash)).toEqual(Buffer.from(hashMailToken(token)));
    const stored = await ctx.database.withSystem(async (tx) => [
      await tx.invitation.findMany(),
      await tx.auditEntry.findMany(),
      await tx.outbox.findMany(),
      await tx.idempotencyKey.findMany(),
    ]);
    expect(JSON.stringify([stored, await ctx.jobsOn(mailQueue), company.stage.logged])).not.toContain(token);
  });
});
