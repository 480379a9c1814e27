import { newId } from "@parley/runtime";
import { buildInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { openDesk, statusesOf } from "./desk.fixture.ts";
import { PROMISE, openSlaStageForEachTest, type SlaStage } from "./sla-stage.fixture.ts";

let api: SlaStage["api"];
let desk: SlaStage["desk"];
let manager: SlaStage["manager"];
let raw: SlaStage["raw"];
let auditOf: SlaStage["auditOf"];

openSlaStageForEachTest((stage) => ({ api, desk, manager, raw, auditOf } = stage));

const make = async (name: string, position?: number) =>
  (await manager.post("/sla/policies", { body: { name, position, targets: PROMISE } })).data.id;

describe("SLA policies", () => {
  test("are made, changed and deleted, and it is written down", async () => {
    const inbox = await buildInbox(api.context, { tenantId: desk.tenant.id });
    const hours = { monday: [{ from: "09:00", to: "12:00" }] };
    const body = {
      name: "Important",
      match: { inboxIds: [inbox.id], channels: ["email" as const], tags: ["vip"], priorities: ["urgent" as const] },
      clock: "business_hours" as const,
      hours,
      targets: { ...PROMISE, byPriority: { urgent: { firstResponseSeconds: 600 } } },
      pauseIn: ["waiting_customer" as const],
      warnAtPercent: 80,
      autoRepliesCount: false,
      escalations: [
        {
          on: "breach" as const,
          afterSeconds: 60,
          actions: [{ type: "set_priority" as const, priority: "high" as const }],
        },
      ],
    };
    const { data: made } = await manager.post("/sla/policies", { body });
    const { id } = made;
    expect(made).toMatchObject({
      ...body,
      position: 0,
      isActive: true,
      targets: {
        ...PROMISE,
        byPriority: { urgent: { firstResponseSeconds: 600, nextResponseSeconds: null, resolutionSeconds: null } },
      },
      escalations: [{ ...body.escalations[0], metrics: null }],
    });
    expect((await desk.typed().get("/sla/policies/{id}", { path: { id } })).data).toEqual(made);
    const change = { isActive: false, hours: null, warnAtPercent: null };
    const { data: changed } = await manager.patch("/sla/policies/{id}", { path: { id }, body: change });
    expect(changed).toEqual({ ...made, ...change, updatedAt: changed.updatedAt });
    await manager.delete("/sla/policies/{id}", { path: { id } });
    expect(await statusesOf([manager.get("/sla/policies/{id}", { path: { id } })])).toEqual([404]);
    expect(await auditOf(id)).toEqual(["sla_policy.created", "sla_policy.changed", "sla_policy.deleted"]);
  });

  test("are listed in the order in which they are asked", async () => {
    const [last, second] = [await make("Last", 7), await make("Second", 1)];
    const first = await make("First", 0);
    const appended = await make("Appended");
    const listed: string[] = [];
    for await (const { id } of desk.typed().all("/sla/policies", { query: { limit: 1 } })) listed.push(id);
    expect(listed).toEqual([first, second, last, appended]);
  });

  test("have a name of their own", async () => {
    await manager.post("/sla/policies", { body: { name: "One", targets: PROMISE } });
    const other = await manager.post("/sla/policies", { body: { name: "Two", targets: PROMISE } });
    const rename = { path: { id: other.data.id }, body: { name: "One" } };
    const statuses = await statusesOf([
      manager.post("/sla/policies", { body: { name: "One", targets: PROMISE } }),
      manager.patch("/sla/policies/{id}", rename),
    ]);
    expect(statuses).toEqual([409, 409]);
  });

  test("name what there is, and hours that open", async () => {
    const theirs = await openDesk(api);
    const theirInbox = await buildInbox(api.context, { tenantId: theirs.tenant.id });
    const refused = [
      [{ match: { inboxIds: [theirInbox.id] } }, "match.inboxIds.0"],
      [
        { escalations: [{ on: "breach", actions: [{ type: "assign_user", userId: newId() }] }] },
        "escalations.0.actions.0",
      ],
      [
        { escalations: [{ on: "breach", actions: [{ type: "notify_user", userId: newId() }] }] },
        "escalations.0.actions.0",
      ],
      [
        { escalations: [{ on: "warning", afterSeconds: 5, actions: [{ type: "escalate" }] }] },
        "escalations.0.afterSeconds",
      ],
      [{ hours: { monday: [] } }, "hours"],
      [{ pauseIn: ["open"] }, "pauseIn.0"],
      [{ targets: { default: { firstResponseSeconds: 0 } } }, "targets.default.firstResponseSeconds"],
    ] as const;
    for (const [fields, path] of refused) {
      const answer = await raw.post("/sla/policies", { name: "Wrong", targets: PROMISE, ...fields });
      expect([path, answer]).toMatchObject([path, { status: 400, body: { errors: [{ path }] } }]);
    }
  });

  test("of another company are not there, and agents do not change them", async () => {
    const { id } = (await manager.post("/sla/policies", { body: { name: "One", targets: PROMISE } })).data;
    const path = { id };
    const theirs = (await openDesk(api)).typed({ role: "MANAGER" });
    const agent = desk.typed();
    const statuses = await statusesOf([
      theirs.get("/sla/policies/{id}", { path }),
      theirs.patch("/sla/policies/{id}", { path, body: { isActive: false } }),
      theirs.delete("/sla/policies/{id}", { path }),
      agent.get("/sla/policies/{id}", { path }),
      agent.patch("/sla/policies/{id}", { path, body: { isActive: false } }),
      agent.get("/sla/reports/attainment"),
    ]);
    expect(statuses).toEqual([404, 404, 404, 200, 403, 403]);
    expect((await theirs.get("/sla/policies")).data).toEqual([]);
  });
});
