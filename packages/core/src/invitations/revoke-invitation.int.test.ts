import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { refusalOfLink } from "../mail-jobs/mail.fixture.ts";
import { openCompanyForEachTest, type InvitingCompany } from "./invitations.fixture.ts";
import { revokeInvitation } from "./revoke-invitation.ts";

let company: InvitingCompany;
let ctx: InvitingCompany["ctx"];

openCompanyForEachTest((opened) => {
  company = opened;
  ({ ctx } = opened);
});

describe("revoking", () => {
  test("makes the link worthless, and is written down once", async () => {
    const invitation = await company.invite();
    const token = await company.readMail(invitation);
    await company.revoke(invitation.id);
    await company.revoke(invitation.id);
    await refusalOfLink(company.accept(token));
    expect(await company.list("revoked")).toMatchObject([{ id: invitation.id }]);
    expect(await company.auditOf("invitation.revoked")).toHaveLength(1);
  });

  test("an accepted one is a conflict", async () => {
    const invitation = await company.invite();
    await company.accept(await company.readMail(invitation));
    await expect(company.revoke(invitation.id)).rejects.toMatchObject({ code: "conflict" });
  });

  test("one to a role above one's own is forbidden", async () => {
    const { id } = await company.invite("OWNER", { role: "OWNER" });
    await expect(company.revoke(id)).rejects.toMatchObject({ code: "forbidden" });
    expect(await company.list("open")).toMatchObject([{ id }]);
  });

  test("another company's is not found, like nobody's", async () => {
    const { id } = await company.invite();
    const stranger = await buildTenant(ctx);
    const elsewhere = actingAs(ctx, { userId: newId(), tenantId: stranger.id, role: "OWNER" });
    const [theirs, nobodys] = await Promise.all(
      [id, newId()].map((each) => revokeInvitation(elsewhere, { id: each }).catch((error: unknown) => error)),
    );
    expect(theirs).toMatchObject({ code: "not_found" });
    expect(theirs).toEqual(nobodys);
    expect(await company.list("open")).toMatchObject([{ id }]);
  });

  test("while it is accepted leaves it either accepted or revoked", async () => {
    const invitation = await company.invite();
    const token = await company.readMail(invitation);
    const [accepted, revoked] = await Promise.allSettled([company.accept(token), company.revoke(invitation.id)]);
    expect([accepted.status, revoked.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await company.list(accepted.status === "fulfilled" ? "accepted" : "revoked")).toHaveLength(1);
  });
});
