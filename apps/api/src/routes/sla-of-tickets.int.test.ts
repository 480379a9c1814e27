import { describe, expect, test } from "vitest";
import { MINUTE_MS, PROMISE, openSlaStageForEachTest, type SlaStage } from "./sla-stage.fixture.ts";

let api: SlaStage["api"];
let desk: SlaStage["desk"];
let manager: SlaStage["manager"];
let work: SlaStage["work"];
let openTicket: SlaStage["openTicket"];

openSlaStageForEachTest((stage) => ({ api, desk, manager, work, openTicket } = stage));

describe("a ticket", () => {
  test("shows what is promised about it: until when, how much is left, since when it is paused", async () => {
    const id = await openTicket();
    const show = async () => (await desk.typed().get("/tickets/{id}", { path: { id } })).data.sla;
    expect(await show()).toBeNull();
    const { data: policy } = await manager.post("/sla/policies", {
      body: { name: "All", targets: PROMISE, pauseIn: ["waiting_customer"] },
    });
    const since = api.context.clock.now().getTime();
    const later = (minutes: number) => new Date(since + minutes * MINUTE_MS).toISOString();
    await work();
    api.context.clock.advance(15 * MINUTE_MS);
    expect(await show()).toEqual({
      state: "on_track",
      policyId: policy.id,
      timers: [
        {
          metric: "first_response",
          state: "running",
          startedAt: later(0),
          targetSeconds: 3_600,
          dueAt: later(60),
          remainingSeconds: 2_700,
          pausedSince: null,
          breachedAt: null,
          settledAt: null,
        },
        expect.objectContaining({ metric: "resolution", state: "running", remainingSeconds: 13_500 }),
      ],
    });
    await desk.typed().patch("/tickets/{id}", { path: { id }, body: { status: "waiting_customer" } });
    await work();
    api.context.clock.advance(15 * MINUTE_MS);
    expect((await show())?.timers[0]).toMatchObject({
      state: "paused",
      dueAt: null,
      remainingSeconds: 2_700,
      pausedSince: later(15),
    });
    await desk.typed().patch("/tickets/{id}", { path: { id }, body: { status: "open" } });
    api.context.clock.advance(60 * MINUTE_MS);
    await work();
    expect((await show())?.timers[0]).toMatchObject({
      state: "breached",
      dueAt: later(75),
      remainingSeconds: -900,
      breachedAt: later(75),
    });
  });

  test("is found by the worst of what is promised", async () => {
    await manager.post("/sla/policies", {
      body: { name: "All", targets: PROMISE, warnAtPercent: 50, pauseIn: ["pending"] },
    });
    const breached = await openTicket();
    api.context.clock.advance(30 * MINUTE_MS);
    const atRisk = await openTicket();
    api.context.clock.advance(31 * MINUTE_MS);
    const paused = await openTicket();
    await desk.typed().patch("/tickets/{id}", { path: { id: paused }, body: { status: "pending" } });
    const onTrack = await openTicket();
    const none = await openTicket();
    await desk.typed().patch("/tickets/{id}", { path: { id: none }, body: { status: "closed" } });
    await work();
    const found = async (slaState: string) =>
      (await desk.typed().get("/tickets", { query: { slaState } })).data.map(({ id }) => id);
    expect(await found("breached")).toEqual([breached]);
    expect(await found("at_risk")).toEqual([atRisk]);
    expect(await found("paused")).toEqual([paused]);
    expect(await found("on_track")).toEqual([onTrack]);
    expect(await found("none")).toEqual([none]);
    expect((await found("breached,at_risk")).toSorted()).toEqual([breached, atRisk].toSorted());
    expect((await found("none,breached")).toSorted()).toEqual([breached, none].toSorted());
  });
});
