import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import type { Things } from "./things.fixture.ts";

type Tenant = Pick<Things, "tenant" | "member" | "team" | "conversation" | "ticket" | "canary">;

/** Two policies, a promise about the ticket that was missed, with an escalation, and what else the worker keeps. */
export async function seedSla(context: TestContext, things: Tenant): Promise<Pick<Things, "slaPolicy">> {
  const {
    tenant: tenantId,
    member: userId,
    team: teamId,
    conversation: conversationId,
    ticket: ticketId,
    canary,
  } = things;
  const [slaPolicy, other] = [newId(), newId()];
  const at = new Date("2026-01-31T08:00:00Z");
  await context.database.withSystem(async (tx) => {
    await tx.slaPolicy.createMany({
      data: [slaPolicy, other].map((id, position) => ({
        tenantId,
        id,
        name: `Policy ${canary} ${id}`,
        position,
        match: { tags: [canary] },
        escalations: [{ on: "breach", actions: [{ type: "add_tags", tags: [canary] }] }],
        targets: { default: { firstResponseSeconds: 3_600 }, byPriority: {} },
      })),
    });
    await tx.autoCloseRule.create({
      data: {
        tenantId,
        status: "RESOLVED",
        afterSeconds: 60,
        closesAs: "CLOSED",
        noticeSeconds: 30,
        noticeText: canary,
      },
    });
    await tx.slaRulebook.create({ data: { tenantId, revision: 1, isFollowed: true } });
    const definition = {
      plan: "PRO",
      timeZone: "UTC",
      businessHours: {},
      holidays: [{ date: "2026-12-25", name: canary }],
      policies: [],
      autoClose: [],
    };
    await tx.slaRevision.create({ data: { tenantId, revision: 1, effectiveAt: at, definition } });
    const times = { startedAt: at, progressedAt: at, finishedAt: at };
    await tx.slaProgress.create({ data: { tenantId, txid: 1, seq: 1, revision: 1, revisionTxid: 1, ...times } });
    const key = { tenantId, ticketId };
    await tx.slaTicket.create({ data: { ...key, conversationId, policyId: slaPolicy, state: "BREACHED" } });
    const promise = { ...key, metric: "FIRST_RESPONSE", startedAt: at } as const;
    await tx.slaTimer.create({
      data: {
        ...promise,
        cycle: 1,
        policyId: slaPolicy,
        revision: 1,
        state: "BREACHED",
        targetMs: 3_600_000,
        breachAt: at,
        breachedAt: at,
        decidedAt: at,
        userId,
        teamId,
      },
    });
    await tx.slaStep.create({
      data: {
        ...promise,
        id: newId(),
        policyId: slaPolicy,
        position: 0,
        dueAt: at,
        onBreach: true,
        actions: [{ type: "add_tags", tags: [canary] }],
        state: "FAILED",
        reason: canary,
        notices: { create: { userId, mailedAt: at } },
      },
    });
    await tx.ticketTagChange.create({ data: { ...key, txid: 1, tagsBefore: [canary], tags: [canary, "more"] } });
  });
  return { slaPolicy };
}
