import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { PROMISE, openSlaStageForEachTest, type SlaStage } from "./sla-stage.fixture.ts";

let desk: SlaStage["desk"];
let manager: SlaStage["manager"];
let raw: SlaStage["raw"];
let auditOf: SlaStage["auditOf"];

openSlaStageForEachTest((stage) => ({ desk, manager, raw, auditOf } = stage));

const revision = async () => (await desk.typed().get("/sla/progress")).data.revision;

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

const connect = async (channel: "amazon" | "mirakl" | "telegram" | "facebook") =>
  (await desk.typed({ role: "ADMIN" }).post("/inboxes", { body: { name: `Shop ${newId()}`, channel } })).data.id;
const policies = async () => (await desk.typed().get("/sla/policies")).data;

describe("the first inbox of a channel", () => {
  test("of a marketplace brings its promise along, without anybody's doing", async () => {
    await manager.post("/sla/policies", { body: { name: "Important", match: { tags: ["vip"] }, targets: PROMISE } });
    await connect("amazon");
    const [, amazon] = await policies();
    expect(amazon).toMatchObject({
      name: "Amazon",
      position: 1,
      match: { channels: ["amazon"] },
      clock: "calendar",
      targets: { default: { firstResponseSeconds: 86_400, nextResponseSeconds: 86_400, resolutionSeconds: null } },
      autoRepliesCount: false,
    });
    expect(await revision()).toBe(2);
    expect(await auditOf(amazon?.id ?? "")).toEqual(["sla_policy.created"]);
  });

  test("brings it once, and not again to a company that has deleted it", async () => {
    await Promise.all([connect("mirakl"), connect("mirakl")]);
    const [mirakl, ...others] = await policies();
    expect([mirakl?.name, others]).toEqual(["Mirakl", []]);
    await manager.delete("/sla/policies/{id}", { path: { id: mirakl?.id ?? "" } });
    await connect("mirakl");
    expect(await policies()).toEqual([]);
  });

  test("leaves a company its own promise about the channel", async () => {
    await manager.post("/sla/policies", { body: { name: "Shops", match: { channels: ["amazon"] }, targets: PROMISE } });
    await connect("amazon");
    expect((await policies()).map(({ name }) => name)).toEqual(["Shops"]);
  });

  test("has one though its name is another's", async () => {
    await manager.post("/sla/policies", { body: { name: "Amazon", match: { tags: ["a-z"] }, targets: PROMISE } });
    await connect("amazon");
    expect((await policies()).map(({ name }) => name)).toEqual(["Amazon", "Amazon (default)"]);
  });

  test("brings none where nobody counts answers but the company itself", async () => {
    await connect("facebook");
    await connect("telegram");
    expect(await policies()).toEqual([]);
    expect(await revision()).toBe(0);
  });
});
