import { describe, expect, test } from "vitest";
import { openDesk } from "./desk.fixture.ts";
import { openReportStageForEachTest, type ReportStage } from "./report-stage.fixture.ts";

let stage: ReportStage;
openReportStageForEachTest((opened) => (stage = opened));

const GROUPS = ["all", "agent", "team", "inbox", "channel", "tag"] as const;
const SPAN = "from=2026-03-28&to=2026-03-29";
const NONE = { count: 0, medianSeconds: null, p90Seconds: null };

describe("every report", () => {
  const PATHS = ["overview", "messages", "tickets", "responses", "backlog", "load", "satisfaction", "export"];

  test.each(PATHS)("is the managers': %s", async (path) => {
    expect((await stage.desk.client.get(`/analytics/${path}`)).status).toBe(403);
    expect((await stage.desk.admin.get(`/analytics/overview`)).status).toBe(200);
  });

  test("knows nothing of another company", async () => {
    await stage.work();
    const theirs = (await openDesk(stage.api)).as({ role: "MANAGER" });
    const { body } = await theirs.get("/analytics/overview?days=3");
    expect(body.data.overview).toMatchObject({ totalMessages: 0, sentThisMonth: 0, deliveryRate: null });
    for (const by of GROUPS) {
      const groups = async (path: string) => (await theirs.get(`/analytics/${path}?${SPAN}&by=${by}`)).body.data.groups;
      const empty = by === "all" ? [{ id: null, name: null, firstResponse: NONE, nextResponse: NONE }] : [];
      expect(await groups("responses")).toEqual(empty);
      for (const path of ["messages", "tickets", "backlog", "load", "satisfaction"]) {
        expect(await groups(path)).toHaveLength(empty.length);
      }
    }
  });

  test.each([
    ["overview?days=0", "days"],
    ["overview?days=367", "days"],
    ["overview?days=two", "days"],
    ["overview?from=2026-03-28", ""],
    ["messages?by=planet", "by"],
    ["tickets?from=2026-02-30", "from"],
    ["tickets?from=2026-03-02&to=2026-03-01", "to"],
    ["responses?from=2020-01-01&to=2026-01-01", "to"],
    ["backlog?to=9999-12-31", "to"],
    ["load?zone=UTC", ""],
    ["export?report=everything", "report"],
    ["export?report=daily&by=agent", "by"],
  ])("refuses %s", async (path, field) => {
    const { status, body } = await stage.manager.get(`/analytics/${path}`);
    expect([status, body.code]).toEqual([400, "validation_failed"]);
    expect(JSON.stringify(body.errors)).toContain(`"path":"${field}`);
  });
});
