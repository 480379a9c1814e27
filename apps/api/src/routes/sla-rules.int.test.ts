import { describe, expect, test } from "vitest";
import { PROMISE, openSlaStageForEachTest, type SlaStage } from "./sla-stage.fixture.ts";

let desk: SlaStage["desk"];
let manager: SlaStage["manager"];
let raw: SlaStage["raw"];
let auditOf: SlaStage["auditOf"];

openSlaStageForEachTest((stage) => ({ desk, manager, raw, auditOf } = stage));

const revision = async () => (await desk.typed().get("/sla/progress")).data.revision;

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

  test("is not revised by what makes no difference to any ticket", async () => {
    const { id } = (await manager.post("/sla/policies", { body: { name: "All", targets: PROMISE } })).data;
    await manager.patch("/sla/policies/{id}", { path: { id }, body: { name: "Everything", position: 5 } });
    expect(await revision()).toBe(1);
    await manager.patch("/sla/policies/{id}", { path: { id }, body: { warnAtPercent: 70 } });
    expect(await revision()).toBe(2);
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
    expect(await auditOf(desk.tenant.id)).toEqual(["auto_close.changed", "auto_close.changed"]);
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
