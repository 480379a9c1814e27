import type { ParleyClient } from "@parley/client";
import { newId } from "@parley/runtime";
import { buildUser } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, statusesOf, type Answer, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let managerId: string;
let manager: ParleyClient;
let raw: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  ({ id: managerId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" }));
  manager = desk.typed({ userId: managerId });
  raw = desk.as({ userId: managerId });
});

const says = (word: string) => ({ field: "message.text", operator: "contains" as const, value: word });
const LATE = {
  name: "Late parcels",
  trigger: "incoming_message" as const,
  conditions: { all: [says("parcel")] },
  actions: [{ type: "add_tags" as const, tags: ["late"] }],
};
const DAILY = {
  name: "Daily",
  trigger: "schedule" as const,
  schedule: { cron: "0 9 * * *", filter: { status: ["open" as const] } },
  actions: [{ type: "set_priority" as const, priority: "high" as const }],
};

async function write(given: object = {}): Promise<string> {
  const { status, body } = await raw.post("/ai/rules", { ...LATE, ...given });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.data.id;
}

const change = (id: string, body: object, headers?: Record<string, string>): Promise<Answer> =>
  raw.patch(`/ai/rules/${id}`, body, headers);
const refused = async (given: object): Promise<[string, string][]> => {
  const { status, body } = await raw.post("/ai/rules", { ...LATE, ...given });
  expect(status).toBe(400);
  return body.errors.map(({ path, message }: { path: string; message: string }) => [path, message]);
};
const idsOf = async (query: string): Promise<string[]> => {
  const { body } = await desk.client.get(`/ai/rules?${query}`);
  return body.data.map(({ id }: { id: string }) => id);
};
const versionsOf = async (id: string) => (await raw.get(`/ai/rules/${id}/versions`)).body.data;
const auditOf = (subjectId: string) =>
  api.context.database.withSystem((tx) =>
    tx.auditEntry.findMany({ where: { tenantId: desk.tenant.id, subjectId }, orderBy: { id: "asc" } }),
  );
const revision = async (): Promise<bigint> => {
  const where = { tenantId: desk.tenant.id };
  const row = await api.context.database.withSystem((tx) => tx.aiRuleRevision.findUnique({ where }));
  return row?.revision ?? 0n;
};
const timerOf = (id: string) =>
  api.context.database.withSystem((tx) =>
    tx.timer.findFirst({ where: { tenantId: desk.tenant.id, kind: "run_schedule", subjectId: id } }),
  );

describe("rules", () => {
  test("are written, changed and deleted, and it is written down", async () => {
    const { clock } = api.context;
    const { data: written } = await manager.post("/ai/rules", { body: LATE });
    const at = clock.now().toISOString();
    const rule = {
      id: written.id,
      version: 1,
      isActive: true,
      ...LATE,
      description: null,
      executionMode: "suggest_only",
      priority: 100,
      stopOnMatch: false,
      coolDownSeconds: 0,
      waitMinutes: null,
      schedule: null,
      failuresInARow: 0,
      suspendedAt: null,
      suspendedReason: null,
      createdAt: at,
      updatedAt: at,
    };
    expect(written).toEqual(rule);
    const path = { id: written.id };
    expect((await desk.typed().get("/ai/rules/{id}", { path })).data).toEqual(rule);

    clock.advance(1_000);
    const body = { name: "Lost parcels", priority: 5, conditions: { none: [says("refund")] } };
    const { data: changed } = await manager.patch("/ai/rules/{id}", { path, body });
    expect(changed).toEqual({ ...rule, ...body, version: 2, updatedAt: clock.now().toISOString() });

    await manager.delete("/ai/rules/{id}", { path });
    await expect(manager.get("/ai/rules/{id}", { path })).rejects.toMatchObject({ status: 404 });
    expect(await auditOf(written.id)).toMatchObject([
      { action: "ai_rule.created", before: null, after: { name: LATE.name, actions: LATE.actions } },
      { action: "ai_rule.changed", before: { name: LATE.name, version: 1 }, after: { ...body, version: 2 } },
      { action: "ai_rule.deleted", before: { name: "Lost parcels" }, after: null },
    ]);
  });

  test("are listed newest first, by trigger, by whether they are active, and by a part of their names", async () => {
    const first = await write({ name: "Close" });
    const second = await write({ name: "Refund", isActive: false });
    const third = await write({ ...DAILY, name: "Close and refund" });
    const listed: string[] = [];
    for await (const { id } of desk.typed().all("/ai/rules", { query: { limit: 1 } })) listed.push(id);
    expect(listed).toEqual([third, second, first]);
    expect(await idsOf("search=REFUND")).toEqual([third, second]);
    expect(await idsOf("trigger=SCHEDULE")).toEqual([third]);
    expect(await idsOf("isActive=true&trigger=incoming_message")).toEqual([first]);
  });

  test("have a name of their own in the company", async () => {
    await write();
    const id = await write({ name: "Other" });
    expect((await raw.post("/ai/rules", LATE)).status).toBe(409);
    expect((await change(id, { name: LATE.name })).status).toBe(409);
    const elsewhere = await openDesk(api);
    expect((await elsewhere.admin.post("/ai/rules", LATE)).status).toBe(201);
  });

  test("are the managers' to change, and another company's are nobody's", async () => {
    const path = { id: await write() };
    const agent = desk.typed();
    const statuses = await statusesOf([
      agent.post("/ai/rules", { body: LATE }),
      agent.patch("/ai/rules/{id}", { path, body: { name: "Mine" } }),
      agent.delete("/ai/rules/{id}", { path }),
      agent.post("/ai/rules/{id}/simulate", { path, body: {} }),
    ]);
    expect(statuses).toEqual([403, 403, 403, 403]);
    const { admin } = await openDesk(api);
    const theirs = `/ai/rules/${path.id}`;
    const answers = await Promise.all([
      admin.get(theirs),
      admin.patch(theirs, { name: "Mine" }),
      admin.delete(theirs),
      admin.get(`${theirs}/versions`),
      admin.get(`${theirs}/diff`),
      admin.post(`${theirs}/rollback`, { version: 1 }),
      admin.post(`${theirs}/resume`),
      admin.post(`${theirs}/simulate`, {}),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(404));
  });

  test("are at most two hundred, however many are written at once", async () => {
    const row = { tenantId: desk.tenant.id, trigger: "INCOMING_MESSAGE", executionMode: "DISABLED" } as const;
    await api.context.database.withSystem((tx) =>
      tx.aiRule.createMany({
        data: Array.from({ length: 199 }, (_empty, index) => ({
          ...row,
          id: newId(),
          name: `Rule ${index}`,
          conditions: { all: [] },
          actions: [],
        })),
      }),
    );
    const answers = await Promise.all(["A", "B", "C"].map((name) => raw.post("/ai/rules", { ...LATE, name })));
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(["201", "409", "409"]);
    expect(answers.find(({ status }) => status === 409)?.body.detail).toMatch(/200 rules, which is the most/);
  });

  test("tell workers of every change", async () => {
    const seen = [await revision()];
    const id = await write();
    seen.push(await revision());
    await change(id, { isActive: false });
    seen.push(await revision());
    await change(id, { priority: 1 });
    seen.push(await revision());
    await raw.delete(`/ai/rules/${id}`);
    seen.push(await revision());
    expect(seen).toEqual([0n, 1n, 2n, 3n, 4n]);
  });

  test("with a schedule have a timer while they may act", async () => {
    const id = await write(DAILY);
    const due = (await timerOf(id))?.dueAt;
    expect(due?.toISOString()).toMatch(/T09:00:00/);
    await change(id, { schedule: { cron: "30 10 * * *", filter: { status: ["open"] } } });
    expect((await timerOf(id))?.dueAt.toISOString()).toMatch(/T10:30:00/);
    await change(id, { isActive: false });
    expect(await timerOf(id)).toBeNull();
    await change(id, { isActive: true });
    expect(await timerOf(id)).not.toBeNull();
    await raw.delete(`/ai/rules/${id}`);
    expect(await timerOf(id)).toBeNull();
  });
});

describe("a rule is refused", () => {
  test("with what is wrong with each of its comparisons, at its place", async () => {
    const conditions = {
      all: [
        says("parcel"),
        {
          any: [
            { field: "ticket.stauts", operator: "equals", value: "open" },
            { field: "ticket.attributes.size", operator: "equals", value: "XL" },
            { field: "ticket.priority", operator: "equals", value: "huge" },
            { field: "message.text", operator: "matches", value: "(" },
          ],
        },
      ],
    };
    expect(await refused({ conditions })).toEqual([
      ["conditions.all.1.any.0", "there is no field ticket.stauts"],
      ["conditions.all.1.any.1", "size is not an attribute of this company; define it first"],
      ["conditions.all.1.any.2", expect.stringMatching(/^must be one of /)],
      ["conditions.all.1.any.3", expect.stringMatching(/^is no regular expression of RE2: /)],
    ]);
  });

  test.each<[object, string]>([
    [{ all: [{ field: "message.text", operator: "contans", value: "x" }] }, "conditions.all.0.operator"],
    [{ all: [{ any: [{ field: "message.text", value: "x" }] }] }, "conditions.all.0.any.0.operator"],
    [{ all: [says("x")], some: [] }, "conditions.some"],
    [{ any: [] }, "conditions.any"],
    [{ all: [{ ...says("x"), values: ["x"] }] }, "conditions.all.0.values"],
  ])("of the form %j, and it is said where", async (conditions, path) => {
    expect((await refused({ conditions })).map(([each]) => each)).toEqual([path]);
  });

  test("that does what the company does not have", async () => {
    const theirs = await openDesk(api);
    const actions = [
      { type: "assign_user", userId: theirs.agent.id },
      { type: "escalate", teamId: newId(), note: "{{ x }}" },
    ];
    expect(await refused({ actions: actions.slice(0, 1) })).toEqual([["actions.0", "is not a member of this company"]]);
    expect(await refused({ actions: actions.slice(1) })).toEqual([["actions.0", "is not a team of this company"]]);
    expect(await refused({ actions: [{ type: "escalate", note: "{{ x }}" }] })).toEqual([
      ["actions.0.note", "line 1, column 4: there is no variable x"],
    ]);
    expect(await refused({ actions: [{ type: "set_attribute", key: "size", value: 1 }] })).toEqual([
      ["actions.0", "is not an attribute of this company; define it first"],
    ]);
    const schedule = { ...DAILY.schedule, filter: { inboxId: [newId()], teamId: newId() } };
    expect(await refused({ ...DAILY, schedule })).toEqual([
      ["schedule.filter.inboxId.0", "is not an inbox of this company"],
      ["schedule.filter.teamId", "is not a team of this company"],
    ]);
  });

  test.each<[object[], string]>([
    [[], "actions"],
    [[{ type: "explode" }], "actions.0.type"],
    [[{ type: "send_reply" }], "actions.0"],
    [[{ type: "send_reply", text: "x", compose: true }], "actions.0"],
    [
      [
        { type: "send_reply", text: "x" },
        { type: "request_more_info", text: "y" },
      ],
      "actions.1",
    ],
    [
      [
        { type: "assign_team", teamId: null },
        { type: "escalate", teamId: newId() },
      ],
      "actions.1",
    ],
    [[{ type: "set_status", status: "open" }, { type: "escalate" }], "actions.1"],
  ])("that is to do %j", async (actions, path) => {
    expect((await refused({ actions })).map(([each]) => each)).toEqual([path]);
  });

  test.each<[object, string]>([
    [{ trigger: "no_answer_timeout" }, "waitMinutes"],
    [{ waitMinutes: 5 }, "waitMinutes"],
    [{ trigger: "schedule" }, "schedule"],
    [{ schedule: DAILY.schedule }, "schedule"],
    [{ ...DAILY, schedule: { cron: "* * * * *" } }, "schedule.cron"],
    [{ ...DAILY, schedule: { cron: "every day" } }, "schedule.cron"],
    [{ ...DAILY, schedule: { ...DAILY.schedule, filter: { assigneeId: "me" } } }, "schedule.filter"],
  ])("that is to happen at no time, or at another than its trigger says: %j", async (given, path) => {
    expect((await refused(given)).map(([each]) => each)).toContain(path);
  });

  test("as it would be, when it is changed", async () => {
    const id = await write();
    const { status, body } = await change(id, { trigger: "no_answer_timeout" });
    expect([status, body.errors]).toEqual([400, [{ path: "waitMinutes", message: expect.any(String) }]]);
    expect((await change(id, { trigger: "no_answer_timeout", waitMinutes: 30 })).status).toBe(200);
    expect((await change(id, {})).status).toBe(400);
    expect((await raw.get(`/ai/rules/${id}`)).body.data.version).toBe(2);
  });

  test("when the expressions of all rules together would be too large, however many are written at once", async () => {
    // About nine hundred as RE2 counts, of which a rule may have a thousand and a company five thousand.
    const large = { field: "message.text", operator: "matches", value: "(a?){180}a{180}" };
    const ids = [];
    for (let n = 0; n < 4; n += 1) ids.push(await write({ name: `Rule ${n}`, conditions: large, isActive: n > 1 }));
    const plain = await write({ name: "Plain" });
    const answers = await Promise.all(
      ["A", "B", "C"].map((name) => raw.post("/ai/rules", { ...LATE, name, conditions: large })),
    );
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(["201", "400", "400"]);
    const refusal = { errors: [{ path: "conditions", message: expect.stringMatching(/company's other rules$/) }] };
    expect(answers.find(({ status }) => status === 400)?.body).toMatchObject(refusal);
    expect((await change(plain, { conditions: large })).body).toMatchObject(refusal);
    expect((await change(plain, { conditions: says("x") })).status).toBe(200);
    // Its own does not count twice.
    expect((await change(ids[0] ?? "", { conditions: { none: [large] } })).status).toBe(200);
    expect((await change(ids[0] ?? "", { conditions: says("x") })).status).toBe(200);
    expect((await change(plain, { conditions: large })).status).toBe(200);
    const rolledBack = await raw.post(`/ai/rules/${ids[0]}/rollback`, { version: 1 });
    expect([rolledBack.status, rolledBack.body.detail]).toEqual([409, expect.stringMatching(/too large together/)]);
  });

  test("by no means because of what it names that is gone, when something else is changed", async () => {
    const { data: team } = await manager.post("/teams", { body: { name: "Returns" } });
    const id = await write({ actions: [{ type: "assign_team", teamId: team.id }] });
    await manager.delete("/teams/{id}", { path: { id: team.id } });
    expect((await change(id, { priority: 1 })).status).toBe(200);
    expect((await change(id, { actions: [{ type: "assign_team", teamId: team.id }] })).status).toBe(400);
  });
});

describe("versions", () => {
  test("are made by what a rule says, and by nothing else", async () => {
    const id = await write();
    await change(id, { isActive: false });
    await change(id, { name: LATE.name, conditions: LATE.conditions });
    await change(id, { conditions: { all: [says("package")] } });
    await raw.post(`/ai/rules/${id}/resume`);
    const versions = await versionsOf(id);
    expect(versions).toMatchObject([
      {
        version: 2,
        createdBy: managerId,
        definition: { conditions: { all: [says("package")] }, trigger: "incoming_message" },
      },
      { version: 1, createdBy: managerId, definition: { conditions: LATE.conditions, actions: LATE.actions } },
    ]);
    expect(versions[0].definition).not.toHaveProperty("isActive");
    const page = (await raw.get(`/ai/rules/${id}/versions?limit=1`)).body;
    const next = (await raw.get(`/ai/rules/${id}/versions?limit=1&cursor=${page.page.nextCursor}`)).body;
    expect([page.data, next.data]).toEqual([[versions[0]], [versions[1]]]);
    expect(next.page.nextCursor).toBeNull();
  });

  test("are demanded by If-Match, and a change from elsewhere in between is told", async () => {
    const id = await write();
    const { headers } = await raw.get(`/ai/rules/${id}`);
    expect(headers["etag"]).toBe('"1"');
    expect((await change(id, { priority: 1 }, { "if-match": '"1"' })).headers["etag"]).toBe('"2"');
    const late = await change(id, { priority: 2 }, { "if-match": '"1"' });
    expect([late.status, late.body.code, late.body.current.version]).toEqual([412, "precondition_failed", 2]);
    const rollback = await raw.post(`/ai/rules/${id}/rollback`, { version: 1 }, { "if-match": '"1"' });
    expect(rollback.status).toBe(412);
  });

  test("of changes made at the same time are all there", async () => {
    const id = await write();
    const answers = await Promise.all([1, 2, 3, 4, 5].map((priority) => change(id, { priority })));
    expect(new Set(answers.map(({ body }) => body.data.version))).toEqual(new Set([2, 3, 4, 5, 6]));
    expect(await versionsOf(id)).toHaveLength(6);
  });

  test("are told apart, by default the newest from the one before", async () => {
    const id = await write();
    await change(id, { conditions: { all: [says("package")] }, priority: 7 });
    await change(id, { actions: [...LATE.actions, { type: "set_status", status: "pending" }] });
    const diff = async (query = "") => (await raw.get(`/ai/rules/${id}/diff${query}`)).body.data;
    const added = { type: "set_status", status: "pending" };
    expect(await diff()).toEqual({
      from: 2,
      to: 3,
      changes: [{ path: "actions.1", kind: "added", after: added, summary: expect.stringContaining("set_status") }],
    });
    expect(await diff("?from=1&to=2")).toMatchObject({
      changes: [
        { path: "priority", kind: "changed", before: 100, after: 7 },
        { path: "conditions.all.0.value", kind: "changed", before: "parcel", after: "package" },
      ],
    });
    expect((await diff("?from=3&to=1")).changes).toHaveLength(3);
    expect((await diff("?from=2&to=2")).changes).toEqual([]);
    expect((await raw.get(`/ai/rules/${id}/diff?from=9`)).status).toBe(404);
  });

  test("are restored as new ones", async () => {
    const id = await write(DAILY);
    await change(id, { priority: 1, schedule: { cron: "0 10 * * *" } });
    const { data: rule } = await manager.post("/ai/rules/{id}/rollback", { path: { id }, body: { version: 1 } });
    expect(rule).toMatchObject({ version: 3, priority: 100, schedule: DAILY.schedule });
    expect((await timerOf(id))?.dueAt.toISOString()).toMatch(/T09:00:00/);
    const versions = await versionsOf(id);
    expect(versions[0].definition).toEqual(versions[2].definition);
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: "ai_rule.rolled_back", before: { version: 2 } });
    // What it says already makes no further version.
    expect((await raw.post(`/ai/rules/${id}/rollback`, { version: 1 })).body.data.version).toBe(3);
    expect((await raw.post(`/ai/rules/${id}/rollback`, { version: 9 })).status).toBe(404);
  });

  test("are not restored when what they name is gone, or their name is another's", async () => {
    const { data: team } = await manager.post("/teams", { body: { name: "Returns" } });
    const id = await write({ actions: [{ type: "assign_team", teamId: team.id }] });
    await change(id, { actions: LATE.actions, name: "Renamed" });
    await manager.delete("/teams/{id}", { path: { id: team.id } });
    const gone = await raw.post(`/ai/rules/${id}/rollback`, { version: 1 });
    expect([gone.status, gone.body.detail]).toEqual([
      409,
      "Version 1 cannot be restored as it is, so change the rule instead: actions.0 is not a team of this company.",
    ]);
    await change(id, { name: "Renamed again" });
    await write({ name: "Renamed" });
    const taken = await raw.post(`/ai/rules/${id}/rollback`, { version: 2 });
    expect([taken.status, taken.body.detail]).toEqual([409, expect.stringContaining("of this name")]);
    expect((await raw.get(`/ai/rules/${id}`)).body.data).toMatchObject({ name: "Renamed again", version: 3 });
  });
});

test("a rule that was suspended acts again when it is resumed, and only then", async () => {
  const id = await write(DAILY);
  await api.context.database.withSystem((tx) =>
    tx.aiRule.update({
      where: { tenantId_id: { tenantId: desk.tenant.id, id } },
      data: { suspendedAt: api.context.clock.now(), suspendedReason: "It failed", failuresInARow: 5 },
    }),
  );
  const { body } = await change(id, { priority: 1 });
  expect(body.data).toMatchObject({ suspendedReason: "It failed", failuresInARow: 0 });
  expect(await timerOf(id)).toBeNull();
  const before = await revision();
  const { data: resumed } = await manager.post("/ai/rules/{id}/resume", { path: { id } });
  expect(resumed).toMatchObject({ version: 2, suspendedAt: null, suspendedReason: null, failuresInARow: 0 });
  expect(await timerOf(id)).not.toBeNull();
  expect(await revision()).toBe(before + 1n);
  expect((await auditOf(id)).at(-1)).toMatchObject({
    action: "ai_rule.resumed",
    before: { suspendedReason: "It failed" },
  });
  expect((await raw.post(`/ai/rules/${id}/resume`)).status).toBe(200);
});
