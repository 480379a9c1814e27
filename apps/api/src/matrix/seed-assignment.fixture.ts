import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import type { Things } from "./things.fixture.ts";

/** A policy of the team, and one of the inbox, which is the one that is spoken of; and whose turn it was. */
export async function seedAssignment(
  context: TestContext,
  { tenant: tenantId, inbox, team, member, canary }: Pick<Things, "tenant" | "inbox" | "team" | "member" | "canary">,
): Promise<Pick<Things, "policy">> {
  const [ofTeam, policy] = [newId(), newId()];
  await context.database.withSystem(async (tx) => {
    const scope = { tenantId, teamId: team, method: "ROUND_ROBIN" as const };
    await tx.assignmentPolicy.createMany({
      data: [
        { ...scope, id: ofTeam },
        { ...scope, id: policy, inboxId: inbox },
      ],
    });
    await tx.assignmentTurn.create({ data: { tenantId, policyId: policy, userId: member, turn: 1 } });
    const key = { tenantId_userId: { tenantId, userId: member } };
    await tx.membership.update({ where: key, data: { skills: [canary] } });
  });
  return { policy };
}
