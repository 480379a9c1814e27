import { newId } from "@parley/runtime";
import { buildUser } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { mailQueue } from "../mail/index.ts";
import { openSlaDeskForEachTest, type SlaDesk } from "./sla-desk.fixture.ts";
import { reconcileSteps } from "./take-step.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

let teamId: string;
let leadId: string;

beforeEach(async () => {
  const { ctx, tenantId } = desk;
  teamId = newId();
  leadId = (await buildUser(ctx, { tenantId })).id;
  await ctx.database.withSystem(async (tx) => {
    await tx.team.create({ data: { tenantId, id: teamId, name: "Returns" } });
    await tx.teamMembership.create({ data: { tenantId, teamId, userId: leadId, role: "LEAD" } });
  });
});

const ticketNow = (id: string) =>
  desk.ctx.database.withTenant(desk.tenantId, (tx) =>
    tx.ticket.findFirstOrThrow({ where: { id }, include: { followers: true } }),
  );
const steps = () =>
  desk.ctx.database.withTenant(desk.tenantId, (tx) => tx.slaStep.findMany({ orderBy: { position: "asc" } }));

/** To whom mails are on their way. */
async function mails(): Promise<string[]> {
  const notices = await desk.ctx.database.withTenant(desk.tenantId, (tx) => tx.slaNotice.findMany());
  const jobs = (await desk.ctx.jobsOn(mailQueue)).filter(({ id }) => notices.some(({ stepId }) => id.includes(stepId)));
  expect(jobs).toHaveLength(notices.length);
  return notices.map(({ userId }) => userId);
}

describe("an escalation", () => {
  test("is done at its time: after the warning, the breach, or so long after that", async () => {
    await desk.promise({
      warnAtPercent: 50,
      targets: { default: { firstResponseSeconds: 3_600 } },
      escalations: [
        { on: "warning", actions: [{ type: "notify_user", userId: desk.agentId }] },
        {
          on: "breach",
          actions: [
            { type: "set_priority", priority: "URGENT" },
            { type: "assign_team", teamId },
          ],
        },
        { on: "breach", afterSeconds: 600, actions: [{ type: "escalate" }, { type: "notify_team_leads" }] },
      ],
    });
    const { id } = await desk.open();
    await desk.follow();
    desk.passMinutes(31);
    await desk.fire();
    await desk.escalate();
    expect(await ticketNow(id)).toMatchObject({ priority: "NORMAL", followers: [{ userId: desk.agentId }] });
    desk.passMinutes(30);
    await desk.fire();
    await desk.escalate();
    expect(await ticketNow(id)).toMatchObject({ priority: "URGENT", teamId, status: "OPEN" });
    desk.passMinutes(9);
    await desk.fire();
    expect(await steps()).toHaveLength(2);
    desk.passMinutes(1);
    await desk.fire();
    await desk.escalate();
    const { status, followers } = await ticketNow(id);
    expect(status).toBe("ESCALATED");
    expect(followers.map(({ userId }) => userId).toSorted()).toEqual([desk.agentId, leadId].toSorted());
    expect((await steps()).map(({ state }) => state)).toEqual(["DONE", "DONE", "DONE"]);
  });

  test("is done once, however often it is asked for", async () => {
    await desk.promise({ escalations: [{ on: "breach", actions: [{ type: "set_priority", priority: "HIGH" }] }] });
    const { id } = await desk.open();
    await desk.follow();
    desk.passMinutes(61);
    await Promise.all([desk.fire(), desk.fire()]);
    await Promise.all([desk.escalate(), desk.escalate(), desk.escalate()]);
    await desk.change(id, { priority: "LOW" });
    await desk.fire();
    await desk.escalate();
    expect(await ticketNow(id)).toMatchObject({ priority: "LOW" });
    expect(await steps()).toHaveLength(1);
  });

  test("is left out when the promise was kept meanwhile", async () => {
    await desk.promise({ escalations: [{ on: "breach", actions: [{ type: "escalate" }] }] });
    const { id } = await desk.open();
    await desk.follow();
    desk.passMinutes(61);
    await desk.fire();
    await desk.answer(id);
    await desk.escalate();
    expect(await ticketNow(id)).toMatchObject({ status: "OPEN" });
    expect(await steps()).toMatchObject([{ state: "SKIPPED" }]);
  });

  test("that is refused says why", async () => {
    const stranger = newId();
    await desk.promise({
      escalations: [
        { on: "breach", metrics: ["FIRST_RESPONSE"], actions: [{ type: "assign_user", userId: stranger }] },
      ],
    });
    await desk.open();
    await desk.follow();
    desk.passMinutes(61);
    await desk.fire();
    await desk.escalate();
    expect(await steps()).toMatchObject([{ state: "FAILED", reason: "The assignee is not a member of this company." }]);
  });

  test("whose job was lost has another", async () => {
    await desk.promise({ escalations: [{ on: "breach", actions: [{ type: "escalate" }] }] });
    await desk.open();
    await desk.follow();
    desk.passMinutes(61);
    await desk.fire();
    await reconcileSteps(desk.ctx);
    desk.passMinutes(1);
    expect(await reconcileSteps(desk.ctx)).toBeGreaterThanOrEqual(1);
    await desk.escalate();
    expect(await steps()).toMatchObject([{ state: "DONE" }]);
  });

  test("mails whom it notifies, each once, and nobody else", async () => {
    const notify = [{ type: "notify_team_leads" }, { type: "notify_user", userId: leadId }];
    await desk.promise({
      escalations: [
        { on: "breach", metrics: ["FIRST_RESPONSE"], actions: [{ type: "assign_team", teamId }, ...notify] },
        { on: "breach", metrics: ["FIRST_RESPONSE"], afterSeconds: 600, actions: notify },
      ],
    });
    await desk.open();
    await desk.follow();
    desk.passMinutes(61);
    await desk.fire();
    await Promise.all([desk.escalate(), desk.escalate()]);
    await desk.escalate();
    expect(await mails()).toEqual([leadId]);
    desk.passMinutes(10);
    await desk.fire();
    await desk.escalate();
    expect(await mails()).toEqual([leadId, leadId]);
  });
});
