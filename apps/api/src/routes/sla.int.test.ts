import type { ParleyClient } from "@parley/client";
import { createRuleBooks } from "@parley/core/sla-clocks";
import { createSlaHandlers, fireDue } from "@parley/core/sla";
import { buildConversation, buildInbox, buildUser } from "@parley/testing";
import { newId } from "@parley/runtime";
import { beforeEach, describe, expect, test } from "vitest";
import { API_SUBSCRIPTIONS } from "../context.ts";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, statusesOf, type Client, type Desk } from "./desk.fixture.ts";

const MINUTE_MS = 60_000;
const PROMISE = { default: { firstResponseSeconds: 3_600, nextResponseSeconds: 3_600, resolutionSeconds: 14_400 } };

let api: TestApi;
let desk: Desk;
let manager: ParleyClient;
let raw: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));
beforeEach(async () => {
  const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" });
  manager = desk.typed({ userId });
  raw = desk.as({ userId });
});

const worker = () => ({ ...api.context, subscriptions: API_SUBSCRIPTIONS, books: createRuleBooks() });

/** What the worker does with everything that has happened, and with what is due. */
async function work(): Promise<void> {
  const { id: tenantId } = desk.tenant;
  const events = await api.context.database.withTenant(tenantId, (tx) => tx.event.findMany());
  const seqs = events.map(({ seq }) => String(seq));
  if (seqs.length > 0) await createSlaHandlers(worker()).handle_events({ tenantId, seqs });
  await fireDue(worker());
}

async function openTicket(): Promise<string> {
  const { id: conversationId } = await buildConversation(api.context, { tenantId: desk.tenant.id });
  return (await desk.typed().post("/tickets", { body: { conversationId } })).data.id;
}

const make = async (name: string, position?: number) =>
  (await manager.post("/sla/policies", { body: { name, position, targets: PROMISE } })).data.id;
const revision = async () => (await desk.typed().get("/sla/progress")).data.revision;
const auditOf = (subjectId: string) =>
  api.context.database.withSystem((tx) =>
    tx.auditEntry.findMany({ where: { tenantId: desk.tenant.id, subjectId }, orderBy: { id: "asc" } }),
  );

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
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      "sla_policy.created",
      "sla_policy.changed",
      "sla_policy.deleted",
    ]);
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

describe("what is usual on a channel", () => {
  test("is known for some, and becomes policies that can be changed", async () => {
    const { data: defaults } = await desk.typed().get("/sla/channel-defaults");
    expect(defaults.find(({ channel }) => channel === "amazon")).toMatchObject({
      isConfirmed: true,
      clock: "calendar",
      targets: { firstResponseSeconds: 86_400, nextResponseSeconds: 86_400 },
      autoRepliesCount: false,
    });
    expect(defaults.some(({ channel }) => channel === "telegram")).toBe(false);
    const { data: adopted } = await manager.post("/sla/channel-defaults/adopt", {
      body: { channels: ["amazon", "rakuten"] },
    });
    expect(adopted).toMatchObject([
      { name: "Amazon", position: 0, match: { channels: ["amazon"] }, autoRepliesCount: false },
      { name: "Rakuten", position: 1, clock: "business_hours", targets: { default: { resolutionSeconds: 259_200 } } },
    ]);
    const again = await raw.post("/sla/channel-defaults/adopt", { channels: ["amazon"] });
    const unknown = await raw.post("/sla/channel-defaults/adopt", { channels: ["telegram"] });
    expect([again.status, unknown.status]).toEqual([409, 400]);
  });
});

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

describe("what promises go by", () => {
  test("is revised by policies, hours, time zone, holidays and plan, where anything is promised", async () => {
    const admin = desk.typed({ role: "ADMIN" });
    await admin.patch("/settings", { body: { timeZone: "Europe/Paris" } });
    expect(await revision()).toBe(0);
    await manager.post("/sla/policies", { body: { name: "All", targets: PROMISE } });
    expect(await revision()).toBe(1);
    await admin.patch("/settings", { body: { businessHours: { monday: [{ from: "09:00", to: "17:00" }] } } });
    await admin.patch("/settings", { body: { holidays: [{ date: "2026-12-25" }] } });
    await admin.patch("/settings", { body: { timeZone: "Europe/Madrid" } });
    expect(await revision()).toBe(4);
    await admin.patch("/settings", { body: { reopenWindowMinutes: 5 } });
    expect(await revision()).toBe(4);
  });

  test("are no hours that never open", async () => {
    const answer = await desk.as({ role: "ADMIN" }).patch("/settings", { businessHours: { monday: [], sunday: [] } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "businessHours" }] } });
    expect(JSON.stringify(answer.body)).toContain("must open on some day");
  });
});

describe("closing by itself", () => {
  test("is said by rules, which are replaced as a whole", async () => {
    const rule = { status: "waiting_customer" as const, afterSeconds: 3_600, closesAs: "resolved" as const };
    const notice = { noticeSeconds: 600, noticeText: "Are you still there?" };
    const { data } = await manager.patch("/sla/auto-close", { body: { rules: [{ ...rule, ...notice }] } });
    expect(data).toEqual({ rules: [{ ...rule, ...notice, clock: "calendar" }] });
    expect((await desk.typed().get("/sla/auto-close")).data).toEqual(data);
    await manager.patch("/sla/auto-close", { body: { rules: [] } });
    expect((await desk.typed().get("/sla/auto-close")).data).toEqual({ rules: [] });
    expect((await auditOf(desk.tenant.id)).map(({ action }) => action)).toEqual([
      "auto_close.changed",
      "auto_close.changed",
    ]);
  });

  test.each([
    [{ status: "open" }, "rules.0.status"],
    [{ status: "resolved", closesAs: "resolved" }, "rules.0.closesAs"],
    [{ noticeSeconds: 60 }, "rules.0.noticeText"],
    [{ noticeSeconds: 3_600, noticeText: "Soon" }, "rules.0.noticeSeconds"],
  ])("is not said by %j", async (fields, path) => {
    const rules = [{ status: "pending", afterSeconds: 3_600, ...fields }];
    const answer = await raw.patch("/sla/auto-close", { rules });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });
});
