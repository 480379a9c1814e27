import { describe, expect, test } from "vitest";
import { MINUTE_MS, PROMISE, openSlaStageForEachTest, type SlaStage } from "./sla-stage.fixture.ts";

let api: SlaStage["api"];
let desk: SlaStage["desk"];
let manager: SlaStage["manager"];
let work: SlaStage["work"];
let openTicket: SlaStage["openTicket"];

openSlaStageForEachTest((stage) => ({ api, desk, manager, work, openTicket } = stage));

describe("the report of attainment", () => {
  test("counts what was met and missed when that was, by policy, team and agent", async () => {
    const { data: policy } = await manager.post("/sla/policies", { body: { name: "All", targets: PROMISE } });
    const agent = desk.typed();
    const team = (await manager.post("/teams", { body: { name: "Returns" } })).data.id;
    const from = api.context.clock.now().toISOString();
    const [quick, slow, open] = [await openTicket(), await openTicket(), await openTicket()];
    await agent.post("/tickets/{id}/assign", { path: { id: slow }, body: { userId: desk.agent.id, teamId: team } });
    api.context.clock.advance(30 * MINUTE_MS);
    await agent.post("/tickets/{id}/messages", { path: { id: quick }, body: { body: "Hello" } });
    api.context.clock.advance(60 * MINUTE_MS);
    await agent.post("/tickets/{id}/messages", { path: { id: slow }, body: { body: "Sorry" } });
    const to = api.context.clock.now().toISOString();
    // Nobody has looked at any of it until long after.
    api.context.clock.advance(10 * MINUTE_MS);
    await work();
    const report = async (by: "policy" | "team" | "agent", until = to) =>
      (await manager.get("/sla/reports/attainment", { query: { from, to: until, by } })).data;
    const metric = "first_response";
    expect(await report("policy")).toEqual({
      groups: [
        { id: policy.id, name: "All", metric, met: 1, breached: 2, attainment: 1 / 3, averageLateSeconds: 1_800 },
      ],
      undecided: 0,
    });
    const hour = new Date(Date.parse(from) + 60 * MINUTE_MS).toISOString();
    expect((await report("policy", hour)).groups).toMatchObject([{ met: 1, breached: 0, attainment: 1 }]);
    expect((await report("team")).groups).toMatchObject([
      { id: team, name: "Returns", met: 0, breached: 1 },
      { id: null, name: null, met: 1, breached: 1 },
    ]);
    expect((await report("agent")).groups).toMatchObject([
      { id: desk.agent.id, met: 1, breached: 1, averageLateSeconds: 1_800 },
      { id: null, met: 0, breached: 1 },
    ]);
    expect(open).toBeDefined();
  });

  test("says what is due and not decided yet", async () => {
    await manager.post("/sla/policies", { body: { name: "All", targets: PROMISE } });
    await openTicket();
    await work();
    api.context.clock.advance(61 * MINUTE_MS);
    const undecided = async () => (await manager.get("/sla/reports/attainment")).data.undecided;
    expect(await undecided()).toBe(1);
    await work();
    expect(await undecided()).toBe(0);
  });
});
