import { describe, expect, test } from "vitest";
import { forgetOldInvitations } from "./forget-old-invitations.ts";
import { DAY_MS, newAddress, openCompanyForEachTest, WEEK_MS, type InvitingCompany } from "./invitations.fixture.ts";
import { listInvitations } from "./list-invitations.ts";
import type { InvitationJson } from "./schemas.ts";

let company: InvitingCompany;
let ctx: InvitingCompany["ctx"];

openCompanyForEachTest((opened) => {
  company = opened;
  ({ ctx } = opened);
});

describe("the list", () => {
  test("tells what has become of each, newest first, and can be asked for one status", async () => {
    const expired = await company.invite();
    ctx.clock.advance(WEEK_MS);
    company.email = newAddress();
    const revoked = await company.invite();
    await company.revoke(revoked.id);
    company.email = newAddress();
    const accepted = await company.invite();
    await company.accept(await company.readMail(accepted));
    company.email = newAddress();
    const open = await company.invite();
    const ids = { open: open.id, accepted: accepted.id, revoked: revoked.id, expired: expired.id };
    expect((await company.list()).map(({ id, status }) => [status, id])).toEqual(Object.entries(ids));
    for (const [status, id] of Object.entries(ids)) {
      expect(await company.list(status as InvitationJson["status"])).toMatchObject([{ id, status }]);
    }
  });

  test("goes page by page", async () => {
    const made = [];
    for (let count = 0; count < 3; count += 1) {
      company.email = newAddress();
      made.unshift((await company.invite()).id);
    }
    const first = await listInvitations(company.acting(), { limit: 2 });
    const second = await listInvitations(company.acting(), { limit: 2, cursor: first.page.nextCursor ?? "" });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(made);
    expect(second.page.nextCursor).toBeNull();
  });
});

test("invitations that ended a month ago are forgotten, unless they were accepted", async () => {
  const accepted = await company.invite();
  await company.accept(await company.readMail(accepted));
  company.email = newAddress();
  const expired = await company.invite();
  ctx.clock.advance(37 * DAY_MS);
  await forgetOldInvitations(ctx);
  expect((await company.list()).map(({ id }) => id)).toEqual([expired.id, accepted.id]);
  ctx.clock.advance(1);
  await forgetOldInvitations(ctx);
  expect((await company.list()).map(({ id }) => id)).toEqual([accepted.id]);
});
