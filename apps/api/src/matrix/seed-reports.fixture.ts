import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import type { Things } from "./things.fixture.ts";

type Tenant = Pick<Things, "tenant" | "member" | "team" | "inbox" | "message" | "ticket">;

/** A message, a ticket with an answer and a score, as reports have them; and that they were computed anew. */
export async function seedReports(context: TestContext, things: Tenant): Promise<void> {
  const { tenant: tenantId, member: agentId, team: teamId, inbox: inboxId, message, ticket: ticketId } = things;
  const at = new Date();
  const day = new Date(at.toISOString().slice(0, "2026-01-31".length));
  await context.database.withSystem(async (tx) => {
    await tx.reportZone.create({ data: { tenantId, timeZone: "UTC" } });
    await tx.reportSubject.create({ data: { tenantId, subjectId: message, kind: "FAILED", at, inboxId, agentId } });
    await tx.reportDay.create({ data: { tenantId, day, failed: 1n } });
    await tx.reportHour.create({ data: { tenantId, day, hour: 8, inboxId, agentId, kind: "FAILED", count: 1n } });
    const fact = { tenantId, ticketId, cycle: 1, at, inboxId, agentId, teamId };
    await tx.ticketFact.createMany({
      data: [
        { ...fact, kind: "FIRST_RESPONSE", tookMs: 61_000n },
        { ...fact, kind: "SURVEY_ANSWERED", score: 5 },
      ],
    });
    const span = { tenantId, ticketId, cycle: 1, beganAt: at, inboxId, agentId, teamId };
    await tx.ticketSpan.create({ data: span });
    const times = { createdAt: at, progressedAt: at, finishedAt: at };
    await tx.rebuild.create({
      data: { tenantId, id: newId(), target: "REPORTS", status: "DONE", step: "days", createdBy: agentId, ...times },
    });
  });
}
