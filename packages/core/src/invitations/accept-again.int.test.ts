import { TEST_PASSWORD, buildUser } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { IdempotencyClaim } from "../context/index.ts";
import { claimKey } from "../idempotency/index.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { newAddress, newcomer, openCompanyForEachTest, type InvitingCompany } from "./invitations.fixture.ts";

let company: InvitingCompany;

openCompanyForEachTest((opened) => (company = opened));

interface Accepted {
  answer: Awaited<ReturnType<typeof acceptInvitation>>;
  claim: IdempotencyClaim;
}

/** A request of its own under one key, as each repetition is. */
async function accept(token: string, input: { fullName?: string; password: string } = newcomer): Promise<Accepted> {
  const body = { token, ...input };
  const claim = claimKey("accept-1", { method: "POST", path: "/api/v1/auth/accept-invitation", body });
  return { answer: await acceptInvitation({ ...company.ctx, idempotency: claim }, body), claim };
}

const invited = async (): Promise<string> => company.readMail(await company.invite());

describe("accepting under an Idempotency-Key", () => {
  test("again gives whoever did not get the answer the same session, although the link is used up", async () => {
    const token = await invited();
    const first = await accept(token);
    const second = await accept(token);
    expect(second.answer).toEqual(first.answer);
    expect([first.claim.replayed, second.claim.replayed]).toEqual([false, true]);
    expect(await company.auditOf("member.added")).toHaveLength(1);
  });

  test("at once and several times lets a newcomer in once", async () => {
    const token = await invited();
    const all = await Promise.all(Array.from({ length: 4 }, () => accept(token)));
    expect(new Set(all.map(({ answer }) => answer.refreshToken)).size).toBe(1);
    expect(all.filter(({ claim }) => claim.replayed)).toHaveLength(3);
    expect(await company.auditOf("member.added")).toHaveLength(1);
  });

  test("at once and twice lets in somebody who has an account", async () => {
    company.email = newAddress();
    await buildUser(company.ctx, { email: company.email });
    const token = await invited();
    const known = { password: TEST_PASSWORD };
    const [one, other] = await Promise.all([accept(token, known), accept(token, known)]);
    expect(one.answer).toEqual(other.answer);
  });

  test("is not repeated for those who know a password of the past", async () => {
    const token = await invited();
    const { answer } = await accept(token);
    const passwordHash = await company.ctx.passwords.hash("another-password-2", null);
    await company.ctx.database.withSystem((tx) =>
      tx.user.update({ where: { id: answer.user.id }, data: { passwordHash } }),
    );
    await expect(accept(token)).rejects.toMatchObject({ code: "invalid_credentials" });
  });

  test("with another body is refused, and without the key the link is used up", async () => {
    const token = await invited();
    await accept(token);
    await expect(accept(token, { ...newcomer, fullName: "Agent Three" })).rejects.toMatchObject({
      code: "idempotency_mismatch",
    });
    await expect(company.accept(token)).rejects.toMatchObject({ code: "validation_failed" });
  });
});
